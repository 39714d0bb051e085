package group_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// A mark of what is unchanged saves work and changes nothing: with and without it the reports
// are the same, also when a snapshot is missed.
func TestUnchangedIsNoOtherWay(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	marked := group.NewTracker(group.Config{Rules: rulestest.Must(t, manyRules)})
	plain := group.NewTracker(group.Config{Rules: rulestest.Must(t, manyRules)})
	table := hosttest.Many(300, time.Hour)
	at := time.Hour
	for serial := uint64(1); serial < 60; serial++ {
		at += 15 * time.Second
		before := append([]process.Process(nil), table...)
		for i := range table {
			p := &table[i]
			if random.IntN(20) == 0 {
				p.UserTime += time.Second
				p.ReadBytes += 4096
				p.ResidentBytes += uint64(random.IntN(1 << 20))
				p.ChildUserTime += time.Duration(random.IntN(3)) * time.Second
			}
			process.Compare(p, &before[i], serial)
		}
		if random.IntN(7) == 0 {
			continue // Nobody sees this one.
		}
		with := hosttest.Snapshot(at, table...)
		with.Serial = serial
		without := hosttest.Snapshot(at, table...)
		for i := range without.Processes {
			without.Processes[i].Since = 0
		}
		a, b := marked.Observe(with), plain.Observe(without)
		if diff := cmp.Diff(b.Groups, a.Groups); diff != "" {
			t.Fatalf("scan %d: groups (-plain +marked):\n%s", serial, diff)
		}
		if len(a.Top) != len(b.Top) {
			t.Fatalf("scan %d: %d processes at the top, want %d", serial, len(a.Top), len(b.Top))
		}
		for i := range a.Top {
			if a.Top[i].Process.ID != b.Top[i].Process.ID || a.Top[i].Group != b.Top[i].Group {
				t.Errorf("scan %d: top %d is %v, want %v", serial, i, a.Top[i].Process.ID, b.Top[i].Process.ID)
			}
		}
	}
}

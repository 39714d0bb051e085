package group_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// steady returns two tables of one host between which nothing but values changed: a
// Reader hands out the same Facts while a process runs the same program.
func steady(n int) [2]*process.Snapshot {
	first := hosttest.Many(n, time.Hour)
	second := hosttest.Many(n, time.Hour+15*time.Second)
	for i := range second {
		second[i].Facts = first[i].Facts
	}
	return [2]*process.Snapshot{
		hosttest.Snapshot(time.Hour, first...),
		hosttest.Snapshot(time.Hour+15*time.Second, second...),
	}
}

var manyRules = `
groups:
  - group: databases
    exe: .*/(postgres|mysqld)
  - group: "{{.User}}-{{.Matches.service}}"
    cmdline: .*/(?P<service>service-1\d*) .*
  - group: "rest-{{.Name}}"
    name: .*
exclude:
  - user: user3
`

func TestSteadyScanAllocatesLittle(t *testing.T) {
	tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, manyRules)})
	pair := steady(2_000)
	tracker.Observe(pair[0])
	tracker.Observe(pair[1])
	i := 0
	allocs := testing.AllocsPerRun(20, func() {
		tracker.Observe(pair[i%2])
		i++
	})
	// The report and its four slices, whatever the number of processes.
	if allocs > 8 {
		t.Errorf("a steady scan of 2,000 processes makes %v allocations", allocs)
	}
}

func BenchmarkObserve(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("steady/%d", n), func(b *testing.B) {
			tracker := group.NewTracker(group.Config{Rules: rulestest.Must(b, manyRules)})
			pair := steady(n)
			tracker.Observe(pair[0])
			tracker.Observe(pair[1])
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				tracker.Observe(pair[i%2])
			}
		})
		// One process in twenty has changed since the scan before.
		b.Run(fmt.Sprintf("idle/%d", n), func(b *testing.B) {
			tracker := group.NewTracker(group.Config{Rules: rulestest.Must(b, manyRules)})
			s := hosttest.Snapshot(time.Hour, hosttest.Many(n, time.Hour)...)
			for _, p := range s.Processes {
				p.Since = 1
			}
			b.ReportAllocs()
			for b.Loop() {
				next := *s
				next.Serial = s.Serial + 1
				next.Processes = slices.Clone(s.Processes)
				for i := int(next.Serial) % 20; i < n; i += 20 {
					p := *s.Processes[i]
					p.UserTime += time.Millisecond
					p.Since = next.Serial
					next.Processes[i] = &p
				}
				tracker.Observe(&next)
				s = &next
			}
		})
		b.Run(fmt.Sprintf("first/%d", n), func(b *testing.B) {
			rules, pair := rulestest.Must(b, manyRules), steady(n)
			b.ReportAllocs()
			for b.Loop() {
				group.NewTracker(group.Config{Rules: rules}).Observe(pair[0])
			}
		})
	}
}

// BenchmarkRecords is a fork storm: 1,000 exits per second, scanned every 15 s.
func BenchmarkRecords(b *testing.B) {
	exits := make([]process.Exit, 15_000)
	for i := range exits {
		exits[i] = process.Exit{
			ID: process.ID{PID: 40_000 + i, StartTicks: hosttest.Ticks(2 * time.Hour)}, Parent: 1 + i%1_000, Name: fmt.Sprintf("job%d", i%100),
			Facts: &process.Facts{User: "root"}, Processes: 1, Known: process.HasCPU, UserTime: time.Millisecond,
		}
	}
	for name, text := range map[string]string{"default": "", "rules": manyRules} {
		b.Run(name, func(b *testing.B) {
			tracker := group.NewTracker(group.Config{Rules: rulestest.Must(b, text)})
			pair := steady(1_000)
			tracker.Observe(pair[0])
			pair[1].ExitSource, pair[1].Exits = process.ExitsTaskstats, exits
			b.ReportAllocs()
			for b.Loop() {
				tracker.Observe(pair[1])
			}
		})
	}
}

package bsd

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzDamagedTable damages one entry of a table: no panic, all other entries as before, and
// no value that cannot be true.
func FuzzDamagedTable(f *testing.F) {
	for seed := range uint64(300) {
		f.Add(seed)
	}
	var table []byte
	const entries = 12
	for i := range entries {
		n := uint64(i + 1)
		table = append(table, kinfo(Process{
			PID: 100 + i, ParentPID: 1, UID: 1001, Name: "program" + string(rune('a'+i)), State: StateSleeping, Nice: int8(i), Threads: 7,
			Start: 1_700_000_000_000_000 + n, VirtualBytes: n << 30, ResidentPages: n << 10, UserTime: time.Duration(n) * time.Second,
			SystemTime: time.Duration(n) * time.Minute, MinorFaults: n, MajorFaults: n, VoluntarySwitches: n, InvoluntarySwitches: n,
		})...)
	}
	whole, _, err := parseProcesses(table)
	if err != nil || len(whole) != entries {
		f.Fatalf("%d entries, error %v", len(whole), err)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		random := rand.New(rand.NewPCG(seed, 3))
		buf := append([]byte(nil), table...)
		victim := random.IntN(entries)
		entry := buf[victim*kinfoSize : (victim+1)*kinfoSize]
		for range 1 + random.IntN(3) {
			at := random.IntN(len(entry))
			for i := range min(1+random.IntN(8), len(entry)-at) {
				entry[at+i] = [...]byte{0, 0xff, 0x80, byte(random.Uint32())}[random.IntN(4)]
			}
		}
		rest := entries - 1
		if random.IntN(10) == 0 {
			buf, rest = buf[:victim*kinfoSize+random.IntN(kinfoSize)], victim
		}
		got, lost, _ := parseProcesses(buf)
		checkEntries(t, whole, got, victim, rest, lost)
	})
}

// checkEntries compares all entries but the victim; rest is how many there have to be.
func checkEntries(t *testing.T, whole, got []Process, victim, rest int, lost uint64) {
	t.Helper()
	byStart := make(map[uint64]Process)
	for _, p := range got {
		byStart[p.Start] = p
		if p.UserTime < 0 && p.Known&allKnown == allKnown || p.PID < 0 || p.Start > maxCounter {
			t.Errorf("impossible: %+v", p)
		}
	}
	if len(got) < rest || len(got) == rest && lost == 0 {
		t.Errorf("%d entries, lost %d; %d were not damaged", len(got), lost, rest)
	}
	found := 0
	for i, want := range whole {
		p, ok := byStart[want.Start]
		if i == victim || !ok {
			continue
		}
		found++
		if diff := cmp.Diff(want, p); diff != "" {
			t.Errorf("entry %d, %d was damaged (-whole +damaged):\n%s", i, victim, diff)
		}
	}
	if found < rest {
		t.Errorf("%d of %d entries that were not damaged are there", found, rest)
	}
}

package segment

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"proctree/collector/process"
)

// world makes up process tables that change as those of a host do.
type world struct {
	random *rand.Rand
	table  *Table
	ticks  uint64
	nextID int
	// wake is the share of processes that change between two tables.
	wake float64
	// churn is how many start and end.
	churn int
	exits bool
}

var base = time.Unix(1_800_000_000, 123_456_789)

func newWorld(seed uint64, processes int) *world {
	w := &world{random: rand.New(rand.NewPCG(seed, 1)), ticks: 1_000_000, wake: 0.6, churn: 3, exits: true}
	w.table = &Table{Snapshot: &process.Snapshot{}}
	var rows []*process.Process
	var groups []string
	for range processes {
		rows, groups = append(rows, w.process()), append(groups, "web")
	}
	w.set(rows, groups, nil)
	return w
}

func (w *world) process() *process.Process {
	w.nextID += 1 + w.random.IntN(3)
	pid := w.nextID
	p := &process.Process{
		ID: process.ID{PID: pid, StartTicks: w.ticks - uint64(w.random.IntN(1000))}, PPID: max(1, pid-w.random.IntN(50)),
		Name: fmt.Sprintf("worker%d", pid%7), State: process.Sleeping, Threads: 1 + pid%3,
		Known: process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasThreads | process.HasNice | process.HasUID | process.HasSwitches | process.HasIO | process.HasOpenFDs,
		UID:   uint32(pid % 4), Nice: int8(pid%3 - 1),
		ResidentBytes: uint64(w.random.IntN(10_000)) * 4096, VirtualBytes: uint64(w.random.IntN(100_000)) * 4096, OpenFDs: uint64(pid % 30),
	}
	p.Facts = &process.Facts{
		Exe: fmt.Sprintf("/usr/bin/worker%d", pid%7), Cmdline: []string{"worker", fmt.Sprintf("--instance=%d", pid), ""},
		User: fmt.Sprintf("user%d", pid%4), Cgroup: "/system.slice/worker.service", Unit: "worker.service", FDLimit: 1024,
	}
	if pid%10 == 0 {
		p.Facts = process.NoFacts
		p.Kernel = true
	}
	return p
}

// step goes on by a second.
func (w *world) step() *Table {
	w.ticks += 100
	rows, groups := process.Clone(w.table.Snapshot.Processes), slices.Clone(w.table.Groups)
	var exits []process.Exit
	for range w.churn {
		if i := w.random.IntN(len(rows)); len(rows) > 1 {
			p := rows[i]
			if w.exits {
				exits = append(exits, process.Exit{
					ID: p.ID, Parent: p.PPID, Name: p.Name, Facts: p.Facts, UID: p.UID, Processes: 1, Known: p.Known,
					UserTime: p.UserTime + 12345, SystemTime: p.SystemTime, Reason: []string{"", "SIGSEGV", "oom_kill"}[w.random.IntN(3)],
				})
			}
			rows, groups = slices.Delete(rows, i, i+1), slices.Delete(groups, i, i+1)
		}
		rows, groups = append(rows, w.process()), append(groups, "batch")
	}
	for i := range rows {
		if w.random.Float64() >= w.wake {
			continue
		}
		p := rows[i]
		p.VoluntarySwitches++
		// A process that wakes each second mostly uses some ten microseconds.
		p.UserTime += time.Duration(w.random.IntN(40_000))
		p.SystemTime += time.Duration(w.random.IntN(20_000))
		if w.random.IntN(50) == 0 {
			p.ResidentBytes += 4096
			p.MinorFaults++
		}
	}
	w.set(rows, groups, exits)
	return w.table
}

func (w *world) set(rows []*process.Process, groups []string, exits []process.Exit) {
	taken := base.Add(time.Duration(w.ticks-1_000_000) * 10 * time.Millisecond)
	free := uint64(1 << 30)
	pressure := 0.0123
	exitGroups := make([]string, len(exits))
	for i := range exitGroups {
		exitGroups[i] = "batch"
	}
	w.table = &Table{
		Groups: groups, ExitGroups: exitGroups,
		Snapshot: &process.Snapshot{
			Taken: taken, Duration: 5 * time.Millisecond, Processes: rows, Exits: exits, Reader: process.ReaderWalk, ExitSource: process.ExitsBPF,
			Clock: process.Clock{Epoch: base.Add(-10_000 * time.Second), TicksPerSecond: 100, Now: w.ticks},
			System: process.System{
				Forks: w.ticks * 3, PIDLimit: 4096, CPUs: 2, MemoryTotalBytes: 16 << 30, MemoryAvailableBytes: &free,
				CPUBusy: time.Duration(w.ticks) * time.Millisecond, CPUIdle: time.Duration(w.ticks) * time.Millisecond * 3,
				Load: [3]*float64{new(1.25), new(0.5), new(0.0)}, Pressure: &process.Pressure{CPU: &pressure},
			},
		},
	}
}

// kept is a table as a recording has it.
func kept(t *Table) *Table {
	s := *t.Snapshot
	s.Processes = process.Clone(s.Processes)
	s.Taken = time.Unix(0, s.Taken.UnixNano())
	for i := range s.Processes {
		p := s.Processes[i]
		p.Since = 0
		p.Known &^= process.HasMinorFaults | process.HasSwitches
		p.MinorFaults, p.VoluntarySwitches, p.InvoluntarySwitches = 0, 0, 0
		for _, d := range []*time.Duration{&p.UserTime, &p.SystemTime, &p.ChildUserTime, &p.ChildSystemTime} {
			*d = d.Truncate(time.Millisecond)
		}
	}
	s.Serial = 0
	return &Table{Snapshot: &s, Groups: t.Groups, ExitGroups: t.ExitGroups}
}

// record writes some tables, with a key every so many.
func record(tb testing.TB, w *world, tables, every int) (data []byte, all []*Table) {
	tb.Helper()
	return recordSharded(tb, w, tables, every, leastSharded)
}

// recordSharded cuts texts of that length into shards.
func recordSharded(tb testing.TB, w *world, tables, every, least int) (data []byte, all []*Table) {
	tb.Helper()
	e, err := NewEncoder(Options{Interval: time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	e.leastSharded = least
	for i := range tables {
		table := w.step()
		all = append(all, table)
		if data, err = e.Append(data, table, i%every == 0); err != nil {
			tb.Fatal(err)
		}
	}
	return data, all
}

package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"proctree/collector/history/segment"
	"proctree/collector/process"
)

// TestAMonthFits holds that a host of 1,000 processes, of which 60 % wake each second, keeps a month within
// DefaultMaxBytes: an hour by seconds, a day by 5 s, and the rest by minutes. Of each, one segment is written.
func TestAMonthFits(t *testing.T) {
	const minute, hour = 60, 3600
	first := segmentBytes(t, time.Second, int(segmentSpan/time.Second), minute)
	later := segmentBytes(t, densities[0].interval, int(densities[0].span/densities[0].interval), keyTables)
	old := segmentBytes(t, densities[1].interval, int(densities[1].span/densities[1].interval), keyTables)
	month := 6*first + 23*6*later + 30*4*old
	t.Logf("segments by 1 s, 5 s and 1 min take %d, %d and %d bytes, and a month %.0f MiB", first, later, old, float64(month)/(1<<20))
	// A real host beside which programs are compiled took 2.5 times as much for a table (make bench-history).
	if month*5/2 > DefaultMaxBytes {
		t.Errorf("a month takes %.0f MiB, and up to 2.5 times as much on a real host", float64(month)/(1<<20))
	}
}

func segmentBytes(t *testing.T, interval time.Duration, tables, every int) int {
	t.Helper()
	e, err := segment.NewEncoder(segment.Options{Interval: interval})
	if err != nil {
		t.Fatal(err)
	}
	var data []byte
	host := newWakingHost(1000)
	for i := range tables {
		table := host.after(interval)
		if data, err = e.Append(data, table, i%every == 0); err != nil {
			t.Fatal(err)
		}
	}
	return len(data)
}

// wakingHost has processes of which 60 % wake each second, and a few that work and write.
type wakingHost struct {
	random *rand.Rand
	at     time.Time
	rows   []*process.Process
}

func newWakingHost(processes int) *wakingHost {
	h := &wakingHost{random: rand.New(rand.NewPCG(1, 2)), at: start}
	pid := 0
	for i := range processes {
		pid += 1 + h.random.IntN(4)
		h.rows = append(h.rows, &process.Process{
			ID: process.ID{PID: pid, StartTicks: uint64(pid) * 3}, PPID: max(1, pid/10), Name: fmt.Sprintf("service%d", i%200), Threads: 1 + i%5,
			Known:         process.HasCPU | process.HasMemory | process.HasIO | process.HasOpenFDs | process.HasThreads,
			ResidentBytes: h.random.Uint64N(5000) << 12, VirtualBytes: h.random.Uint64N(90_000) << 12, OpenFDs: h.random.Uint64N(40),
			Facts: &process.Facts{
				User: fmt.Sprintf("user%d", i%12), Exe: fmt.Sprintf("/usr/bin/service%d", i%200), Cgroup: "/system.slice/services.service", Unit: "services.service",
				Cmdline: []string{"service", fmt.Sprintf("--data=/srv/%016x", h.random.Uint64()), fmt.Sprintf("--node=%d", i)},
			},
		})
	}
	return h
}

// after goes on by an interval.
func (h *wakingHost) after(interval time.Duration) *segment.Table {
	h.at = h.at.Add(interval)
	seconds := int(interval / time.Second)
	h.rows = process.Clone(h.rows)
	for i, p := range h.rows {
		if i%10 >= 6 {
			continue
		}
		each := 40_000
		if i%50 == 0 {
			each = 5_000_000
		}
		for range seconds {
			p.UserTime += time.Duration(h.random.IntN(each))
			p.SystemTime += time.Duration(h.random.IntN(40_000))
			p.CPUWait += time.Duration(h.random.IntN(40_000))
			if h.random.IntN(30) == 0 {
				p.ResidentBytes += h.random.Uint64N(64) << 12
			}
		}
		if i%100 == 0 {
			p.WrittenBytes += uint64(seconds) << 16
		}
	}
	return &segment.Table{Groups: make([]string, len(h.rows)), Snapshot: &process.Snapshot{
		Taken: h.at, Processes: slices.Clone(h.rows),
		Clock: process.Clock{Epoch: start.Add(-time.Hour), TicksPerSecond: 100, Now: uint64(360_000 + h.at.Sub(start)/(10*time.Millisecond))},
	}}
}

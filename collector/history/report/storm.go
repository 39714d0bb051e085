package report

import (
	"cmp"
	"slices"
	"time"

	"proctree/collector/history/ledger"
)

// Storm is a program of which many processes were started by one parent.
type Storm struct {
	Name      string `json:"name"`
	Processes uint64 `json:"processes"`
	// First and Last are when the first and the last one were seen.
	First Seconds `json:"first"`
	Last  Seconds `json:"last"`
	// Example is one of them.
	Example    Entry   `json:"example"`
	CPUSeconds Seconds `json:"cpu_seconds"`
}

// leastStorm is how many processes make a line.
const leastStorm = 10

// origin is what the processes of a storm have in common.
type origin struct {
	name   string
	parent int
}

// stormSum adds up the processes of one origin.
type stormSum struct {
	Storm
	origin  origin
	example *ledger.Life
	cpu     time.Duration
}

// add adds what another sum has.
func (m *stormSum) add(other *stormSum) {
	m.Processes += other.Processes
	m.First, m.Last = min(m.First, other.First), max(m.Last, other.Last)
	m.cpu += other.cpu
}

// storms counts the processes that were started, by program and parent.
func (s *Sight) storms(l *ledger.Ledger) []Storm {
	sums := stormSums(l)
	list := []Storm{}
	for _, m := range sums[:min(listed, len(sums))] {
		if m.Processes < leastStorm {
			break
		}
		m.Example, m.CPUSeconds = s.NewEntry(l, m.example), span(m.cpu)
		list = append(list, m.Storm)
	}
	return list
}

// stormSums begins with the most processes.
func stormSums(l *ledger.Ledger) []*stormSum {
	sums := map[origin]*stormSum{}
	var order []*stormSum
	for _, life := range l.Lives {
		if !life.Born || life.Kernel {
			continue
		}
		one := &stormSum{
			Storm:  Storm{Name: life.Name, Processes: life.Processes, First: at(life.First), Last: at(life.Last)},
			origin: origin{life.Name, life.Parent}, example: life, cpu: life.CPU(),
		}
		m := sums[one.origin]
		if m == nil {
			sums[one.origin] = one
			order = append(order, one)
			continue
		}
		m.add(one)
		if m.example.Facts == nil && life.Facts != nil {
			m.example = life
		}
	}
	most := func(a, b *stormSum) int { return cmp.Compare(b.Processes, a.Processes) }
	slices.SortStableFunc(order, most)
	foldUnknown(order)
	slices.SortStableFunc(order, most)
	return order
}

// foldUnknown adds processes without a known parent to the most of the same program: in a storm a recording
// gives up details before counts.
func foldUnknown(order []*stormSum) {
	known := map[string]*stormSum{}
	for _, m := range order {
		if m.origin.parent != 0 && known[m.origin.name] == nil {
			known[m.origin.name] = m
		}
	}
	for _, m := range order {
		if to := known[m.origin.name]; m.origin.parent == 0 && to != nil {
			to.add(m)
			m.Processes = 0
		}
	}
}

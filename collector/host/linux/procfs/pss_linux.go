package procfs

import (
	"cmp"
	"errors"
	"slices"
	"time"

	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// PSSKey is the line of smaps_rollup that has the proportional memory, in kB.
const PSSKey = "\nPss:"

// maxHangingPSS bounds the readings of smaps_rollup that hang.
const maxHangingPSS = 4

// PSS reads proportional memory, so many processes per scan as a budget of time
// allows: the kernel walks all page tables of a process for it, and holds the lock of its
// memory meanwhile. It goes round the processes, the largest first, and then again; a
// process keeps its value until its next turn. Not safe for concurrent use.
type PSS struct {
	proc   *Dir
	budget time.Duration
	guard  *stall.Guard
	// round are the processes that still have their turn in this round.
	round []process.ID
	known map[process.ID]uint64
	hangs map[process.ID]*stall.Read
}

// NewPSS returns nil if there is no budget.
func NewPSS(proc *Dir, budget, deadline time.Duration) *PSS {
	if budget <= 0 {
		return nil
	}
	return &PSS{
		proc:   proc,
		budget: budget,
		guard:  stall.NewGuard(deadline, maxHangingPSS),
		known:  make(map[process.ID]uint64),
		hangs:  make(map[process.ID]*stall.Read),
	}
}

// Apply reads as many values as the budget allows, and gives every process the one known
// of it. The processes are sorted by PID.
func (r *PSS) Apply(processes []*process.Process, errs map[string]uint64) {
	if r == nil {
		return
	}
	s := process.Snapshot{Processes: processes}
	if len(r.round) == 0 {
		r.round = newRound(processes)
	}
	// At least one, so that it goes round however small the budget is.
	for began := time.Now(); len(r.round) > 0; {
		id := r.round[0]
		r.round = r.round[1:]
		if s.ByID(id) == nil {
			continue
		}
		if err := r.read(id); err != nil && !IsGone(err) {
			errs[ReasonOf(err)]++
		}
		if time.Since(began) >= r.budget {
			break
		}
	}
	for id := range r.known {
		if s.ByID(id) == nil {
			delete(r.known, id)
		}
	}
	for i := range processes {
		if pss, ok := r.known[processes[i].ID]; ok {
			processes[i].ProportionalBytes = pss
			processes[i].Known |= process.HasProportional
		}
	}
}

// newRound lists the processes that have memory, the largest first.
func newRound(processes []*process.Process) []process.ID {
	order := make([]*process.Process, 0, len(processes))
	for i := range processes {
		if !processes[i].Kernel && processes[i].ResidentBytes > 0 {
			order = append(order, processes[i])
		}
	}
	slices.SortFunc(order, func(a, b *process.Process) int { return cmp.Compare(b.ResidentBytes, a.ResidentBytes) })
	round := make([]process.ID, len(order))
	for i, p := range order {
		round[i] = p.ID
	}
	return round
}

// read reads one value. While an earlier reading of the process hangs there is no second.
func (r *PSS) read(id process.ID) error {
	if late := r.hangs[id]; late != nil {
		if !late.Finished() {
			return stall.ErrOverdue
		}
		delete(r.hangs, id)
	}
	var pss uint64
	var failed error
	read, err := r.guard.Do(func() { pss, failed = readPSS(r.proc, id) })
	switch {
	case errors.Is(err, stall.ErrOverdue):
		r.hangs[id] = read
		return err
	case err != nil:
		return err
	case failed != nil:
		delete(r.known, id)
		return failed
	}
	r.known[id] = pss
	return nil
}

func readPSS(proc *Dir, id process.ID) (uint64, error) {
	// The sums take a kilobyte.
	content, err := ReadAt(proc.FD, PIDPath(nil, id.PID, "smaps_rollup"), make([]byte, StatBuffer))
	if err != nil {
		return 0, err
	}
	pss, ok := ValueOf(content, PSSKey)
	if !ok {
		return 0, ErrParse
	}
	return pss << 10, nil
}

// Close frees what the reader holds.
func (r *PSS) Close() {
	if r != nil {
		r.guard.Close()
	}
}

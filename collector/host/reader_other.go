//go:build !linux

package host

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v3/process"
)

// NewReader returns a Reader that asks gopsutil. It knows less than the one for Linux; what
// it does not know is absent.
func NewReader(Config) (Reader, error) {
	return &gopsutilReader{facts: make(map[ID]*Facts)}, nil
}

// millisecond is the unit of start ticks here: gopsutil's CreateTime is in milliseconds
// since 1970.
const millisecond = 1000

type gopsutilReader struct {
	facts map[ID]*Facts
}

func (r *gopsutilReader) Read(ctx context.Context) (*Snapshot, error) {
	began := time.Now()
	found, err := process.ProcessesWithContext(ctx)
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	s := &Snapshot{
		Taken:      began,
		Clock:      Clock{Epoch: time.UnixMilli(0), TicksPerSecond: millisecond, Now: uint64(began.UnixMilli())},
		Processes:  make([]Process, 0, len(found)),
		ExitSource: ExitsChildren,
		Reader:     runtime.GOOS,
		Errors:     make(map[string]uint64),
		System:     readSystem(ctx),
	}
	for _, f := range found {
		// A process that does not tell when it began has vanished, or has no identity.
		if created, err := f.CreateTimeWithContext(ctx); err == nil && created > 0 {
			s.Processes = append(s.Processes, r.read(ctx, f, uint64(created)))
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("read processes: %w", err)
		}
	}
	slices.SortFunc(s.Processes, func(a, b Process) int { return a.PID - b.PID })
	maps.DeleteFunc(r.facts, func(id ID, _ *Facts) bool { return s.ByID(id) == nil })
	s.Duration = time.Since(began)
	return s, nil
}

// read reads one process. An error of gopsutil leaves the figure unknown: which systems
// implement which figure is not told apart from a refusal.
func (r *gopsutilReader) read(ctx context.Context, f *process.Process, created uint64) Process {
	p := Process{ID: ID{PID: int(f.Pid), StartTicks: created}, State: Other}
	if ppid, err := f.PpidWithContext(ctx); err == nil {
		p.PPID = int(ppid)
	}
	p.Name, _ = f.NameWithContext(ctx)
	if times, err := f.TimesWithContext(ctx); err == nil {
		p.UserTime = time.Duration(times.User * float64(time.Second))
		p.SystemTime = time.Duration(times.System * float64(time.Second))
		p.Known |= HasCPU
	}
	if memory, err := f.MemoryInfoWithContext(ctx); err == nil {
		p.ResidentBytes, p.VirtualBytes = memory.RSS, memory.VMS
		p.Known |= HasMemory
	}
	if threads, err := f.NumThreadsWithContext(ctx); err == nil {
		p.Threads = int(threads)
		p.Known |= HasThreads
	}
	p.Facts = r.factsOf(ctx, f, p.ID)
	return p
}

func (r *gopsutilReader) factsOf(ctx context.Context, f *process.Process, id ID) *Facts {
	if known := r.facts[id]; known != nil {
		return known
	}
	var facts Facts
	facts.Exe, _ = f.ExeWithContext(ctx)
	facts.Cmdline, _ = f.CmdlineSliceWithContext(ctx)
	facts.User, _ = f.UsernameWithContext(ctx)
	r.facts[id] = &facts
	return &facts
}

// Close does nothing: there is nothing to free.
func (r *gopsutilReader) Close() error { return nil }

package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"proctree/collector/process"

	"github.com/go-kit/log/level"
)

// NewReader returns a Reader of the process table, in the best way that Config.Reader and
// the kernel permit, with the best accounts of exits that Config.Exits and the kernel
// permit. A way that was asked for by name and is not possible is an error.
func NewReader(cfg Config) (Reader, error) {
	cfg = cfg.withDefaults()
	if !slices.Contains(ReaderModes(), cfg.Reader) {
		return nil, fmt.Errorf("reader %q is none of %s", cfg.Reader, strings.Join(ReaderModes(), ", "))
	}
	if !slices.Contains(ExitModes(), cfg.Exits) {
		return nil, fmt.Errorf("exits %q is none of %s", cfg.Exits, strings.Join(ExitModes(), ", "))
	}
	files, err := newProcfsReader(cfg)
	if err != nil {
		return nil, err
	}
	r := &linuxReader{procfsReader: files, ledger: newExitLedger(files.facts)}
	if err := errors.Join(r.openTable(), r.openExits()); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return r, nil
}

// linuxReader reads the process table by BPF where that is possible, else from the proc
// file system, which also has what BPF does not tell.
type linuxReader struct {
	*procfsReader
	// walk and bpf are nil where they are not possible or not wanted. The first is the best.
	walk *walkTable
	bpf  *bpfTable
	// exits is nil where there are no accounts of ended processes.
	exits  exitSource
	ledger *exitLedger
	// previous is the table of the last scan, and serial its number.
	previous []process.Process
	serial   uint64
	// failing is set while BPF fails, and hidesFirst where the kernel keeps the first process
	// from iterators.
	failing, hidesFirst bool
}

func (r *linuxReader) Read(ctx context.Context) (*process.Snapshot, error) {
	var begun error
	if r.exits != nil {
		begun = r.exits.passBegins()
	}
	s, err := r.scan(ctx)
	if err != nil {
		return nil, err
	}
	if r.exits != nil {
		r.addExits(s, begun)
	}
	r.serial++
	s.Serial = r.serial
	r.mark(s)
	r.previous = s.Processes
	return s, nil
}

// mark marks what has not changed since the last scan. The walk does so by itself, but for
// proportional memory.
func (r *linuxReader) mark(s *process.Snapshot) {
	if s.Reader != ReaderWalk || r.pss != nil {
		compareAll(r.previous, s.Processes)
	}
}

// scan reads in the best way that works. A way that fails is tried again the next time.
func (r *linuxReader) scan(ctx context.Context) (*process.Snapshot, error) {
	var failed []error
	for _, way := range r.ways() {
		s, err := way.read(ctx)
		if err == nil {
			r.told(way.name, failed)
			if len(failed) > 0 {
				s.Errors[process.ReasonBPF]++
			}
			return s, nil
		}
		if ctx.Err() != nil || way.name == ReaderProcfs {
			return nil, err
		}
		failed = append(failed, fmt.Errorf("%s: %w", way.name, err))
	}
	return nil, errors.Join(failed...)
}

// way is a way to read the process table.
type way struct {
	name string
	read func(context.Context) (*process.Snapshot, error)
}

// ways lists those that are open, the best first.
func (r *linuxReader) ways() []way {
	ways := make([]way, 0, 3)
	if r.walk != nil {
		ways = append(ways, way{ReaderWalk, r.readWalk})
	}
	if r.bpf != nil {
		ways = append(ways, way{ReaderIterator, r.readBPF})
	}
	return append(ways, way{ReaderProcfs, r.readFiles})
}

// told logs once that a better way has failed.
func (r *linuxReader) told(name string, failed []error) {
	if len(failed) > 0 && !r.failing {
		_ = level.Warn(r.cfg.Logger).Log("msg", "BPF failed; processes are read in another way meanwhile",
			"reader", name, "err", errors.Join(failed...))
	}
	r.failing = len(failed) > 0
	if r.walk != nil && name != ReaderWalk {
		r.walk.reset()
	}
}

func (r *linuxReader) readFiles(ctx context.Context) (*process.Snapshot, error) {
	s, err := r.procfsReader.Read(ctx)
	if err == nil && (r.walk != nil || r.bpf != nil) {
		// Its times are in whole ticks, and its context switches those of the first thread.
		eachBefore(r.previous, s.Processes, func(i int, before *process.Process) { neverBelow(&s.Processes[i], before) })
	}
	return s, err
}

func (r *linuxReader) readBPF(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	clock, err := r.clock.clock()
	if err != nil {
		return nil, err
	}
	processes, err := r.bpf.read(ctx, r.previous)
	if err != nil {
		return nil, err
	}
	errs := make(map[string]uint64)
	if processes[0].PID != firstPID {
		if processes, err = r.addFirst(ctx, processes, clock, errs); err != nil {
			return nil, err
		}
	}
	r.facts.begin(clock.Now, began, len(processes), errs)
	for i := range processes {
		p := &processes[i]
		p.Name, p.Facts = r.facts.get(sighting{
			ID: p.ID, name: commOf(&r.bpf.comms[i]), uid: p.UID, kernel: p.Kernel, cgroup: r.bpf.cgroups[i],
		})
	}
	r.facts.sweep()
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: processes, Reader: ReaderIterator, Errors: errs}), nil
}

// firstPID is the number of the process that every PID namespace lives and dies with.
const firstPID = 1

// addFirst adds the first process as the proc file system shows it. Hardened kernels keep
// that one from BPF programs, and a tree without its root is none.
func (r *linuxReader) addFirst(ctx context.Context, processes []process.Process, clock process.Clock, errs map[string]uint64) ([]process.Process, error) {
	first, comm, err := r.readFirst(ctx, clock, errs)
	if err != nil {
		return nil, err
	}
	r.bpf.comms = slices.Insert(r.bpf.comms, 0, comm)
	r.bpf.cgroups = slices.Insert(r.bpf.cgroups, 0, 0)
	return slices.Insert(processes, 0, first), nil
}

// readFirst reads the first process from the proc file system, and its name.
func (r *linuxReader) readFirst(ctx context.Context, clock process.Clock, errs map[string]uint64) (first process.Process, comm [maxComm]byte, err error) {
	r.table.pids = append(r.table.pids[:0], firstPID)
	r.table.begin(clock.Now)
	if err := r.readProcesses(ctx); err != nil {
		return first, comm, err
	}
	r.countTable(errs)
	if len(r.table.out) == 0 {
		return first, comm, fmt.Errorf("process %d: %w", firstPID, errIncomplete)
	}
	copy(comm[:], r.table.names[0].slice())
	return r.table.out[0], comm, nil
}

// Close frees what the reader holds.
func (r *linuxReader) Close() error {
	var errs []error
	if r.walk != nil {
		errs = append(errs, r.walk.walk.Close())
	}
	if r.bpf != nil {
		errs = append(errs, r.bpf.tasks.Close())
	}
	if r.exits != nil {
		errs = append(errs, r.exits.close())
	}
	return errors.Join(append(errs, r.procfsReader.Close())...)
}

package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-kit/log/level"

	"proctree/collector/process"
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

// openTable opens the BPF iterator, if it is wanted and possible.
func (r *linuxReader) openTable() error {
	if r.cfg.Reader == ReaderProcfs {
		return nil
	}
	table, err := openBPFTable(r.cfg, r.proc)
	switch {
	case err == nil:
		r.bpf = table
	case r.cfg.Reader == ReaderBPF:
		return fmt.Errorf("read the process table by BPF: %w", err)
	default:
		logger := level.Info(r.cfg.Logger)
		if r.cfg.BPFPin != "" {
			logger = level.Warn(r.cfg.Logger) // Somebody counts on it.
		}
		_ = logger.Log("msg", "processes are read from the proc file system, not by BPF", "reason", err)
	}
	return nil
}

// linuxReader reads the process table by BPF where that is possible, else from the proc
// file system, which also has what BPF does not tell.
type linuxReader struct {
	*procfsReader
	// bpf is nil where it is not possible.
	bpf *bpfTable
	// exits is nil where there are no accounts of ended processes.
	exits  exitSource
	ledger *exitLedger
	// previous is the table of the last scan.
	previous []process.Process
	// failing is set while BPF fails.
	failing bool
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
	r.previous = s.Processes
	return s, nil
}

// scan reads by BPF, or, if that fails, from the proc file system for once.
func (r *linuxReader) scan(ctx context.Context) (*process.Snapshot, error) {
	if r.bpf == nil {
		return r.procfsReader.Read(ctx)
	}
	s, err := r.readBPF(ctx)
	if err == nil {
		r.failing = false
		return s, nil
	}
	if ctx.Err() != nil {
		return nil, err
	}
	if !r.failing {
		_ = level.Warn(r.cfg.Logger).Log("msg", "BPF failed; processes are read from the proc file system meanwhile", "err", err)
	}
	r.failing = true
	if s, err = r.procfsReader.Read(ctx); err != nil {
		return nil, err
	}
	s.Errors[process.ReasonBPF]++
	// Its times are in whole ticks, and its context switches those of the first thread.
	eachBefore(r.previous, s.Processes, func(i int, before *process.Process) { neverBelow(&s.Processes[i], before) })
	return s, nil
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
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: processes, Reader: ReaderBPF, Errors: errs}), nil
}

// firstPID is the number of the process that every PID namespace lives and dies with.
const firstPID = 1

// addFirst adds the first process as the proc file system shows it. Hardened kernels keep
// that one from BPF programs, and a tree without its root is none.
func (r *linuxReader) addFirst(ctx context.Context, processes []process.Process, clock process.Clock, errs map[string]uint64) ([]process.Process, error) {
	r.table.pids = append(r.table.pids[:0], firstPID)
	r.table.begin(clock.Now)
	if err := r.readProcesses(ctx); err != nil {
		return nil, err
	}
	r.table.failed.addTo(errs)
	if len(r.table.out) == 0 {
		return nil, fmt.Errorf("process %d: %w", firstPID, errIncomplete)
	}
	var comm [maxComm]byte
	copy(comm[:], r.table.names[0].slice())
	r.bpf.comms = slices.Insert(r.bpf.comms, 0, comm)
	r.bpf.cgroups = slices.Insert(r.bpf.cgroups, 0, 0)
	return slices.Insert(processes, 0, r.table.out[0]), nil
}

// Close frees what the reader holds.
func (r *linuxReader) Close() error {
	var errs []error
	if r.bpf != nil {
		errs = append(errs, r.bpf.tasks.Close())
	}
	if r.exits != nil {
		errs = append(errs, r.exits.close())
	}
	return errors.Join(append(errs, r.procfsReader.Close())...)
}

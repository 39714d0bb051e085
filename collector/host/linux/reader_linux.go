package linux

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-kit/log/level"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/exits"
	"proctree/collector/host/linux/facts"
	"proctree/collector/host/linux/gpu"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// Open returns a reader of the process table, in the best way that cfg.Reader and the
// kernel permit, with the best accounts of exits that cfg.Exits and the kernel permit. A way
// that was asked for by name and is not possible is an error.
func Open(cfg Config) (*Reader, error) {
	r, err := newReader(cfg.WithDefaults())
	if err != nil {
		return nil, err
	}
	// The accounts of exits come first: the programs that read the table share a map with them.
	reasons, err := r.openExits()
	if err := errors.Join(err, r.openTable()); err != nil {
		return nil, errors.Join(err, r.Close())
	}
	r.logExits(reasons)
	r.openNetwork()
	return r, nil
}

// newReader returns a reader of the proc file system alone.
func newReader(cfg Config) (*Reader, error) {
	proc, err := procfs.Open(cfg.ProcPath)
	if err != nil {
		return nil, err
	}
	helper, err := startHelper(cfg)
	if err != nil {
		return nil, errors.Join(err, proc.Close())
	}
	cache, odd := facts.New(proc, cfg.RootPath, cfg.Deadline), procfs.NewOddities(cfg.Logger)
	cache.Odd = odd.Log
	return &Reader{
		cfg:     cfg,
		proc:    proc,
		scanner: procfs.NewScanner(proc, cfg.Deadline, cfg.Logger),
		clock:   procfs.NewBootClock(proc),
		odd:     odd,
		facts:   cache,
		pss:     procfs.NewPSS(proc, cfg.ProportionalBudget, cfg.Deadline),
		system:  procfs.NewSystemReader(cfg.ProcPath, cfg.Deadline),
		ledger:  exits.NewLedger(cache),
		helper:  helper,
		gpus: gpu.NewReader(proc, gpu.Config{
			SysPath: cfg.SysPath, RootPath: cfg.RootPath, Budget: cfg.GPUBudget, Deadline: cfg.Deadline,
		}),
	}, nil
}

// startHelper starts the helper for GPUs, if there is one and somebody wants its values.
func startHelper(cfg Config) (*gpu.Helper, error) {
	path := cfg.GPUHelper
	if cfg.GPUBudget <= 0 {
		path = ""
	}
	if path != "" {
		if err := gpu.CheckHelper(path); err != nil {
			return nil, fmt.Errorf("helper for GPUs: %w", err)
		}
	}
	return gpu.StartHelper(path, cfg.Logger), nil
}

// Reader reads the process table by BPF where that is possible, else from the proc
// file system, which also has what BPF does not tell.
type Reader struct {
	cfg     Config
	proc    *procfs.Dir
	scanner *procfs.Scanner
	clock   *procfs.BootClock
	odd     *procfs.Oddities
	facts   *facts.Cache
	pss     *procfs.PSS
	gpus    *gpu.Reader
	used    gpu.Accounts
	helper  *gpu.Helper
	system  *procfs.SystemReader
	// walk and bpf are nil where they are not possible or not wanted. The first is the best.
	walk *bpf.WalkTable
	bpf  *bpf.Table
	// exits is nil where there are no accounts of ended processes.
	exits  exits.Source
	ledger *exits.Ledger
	// networks is nil where nobody counts what processes send and receive.
	networks *networks
	// previous is the table of the last scan, and serial its number.
	previous []*process.Process
	serial   uint64
	// failing is set while BPF fails, and hidesFirst where the kernel keeps the first process
	// from iterators.
	failing, hidesFirst bool
}

// Read takes a snapshot.
func (r *Reader) Read(ctx context.Context) (*process.Snapshot, error) {
	var begun error
	if r.exits != nil {
		begun = r.exits.PassBegins()
	}
	networkFailed := r.readNetwork()
	s, err := r.scan(ctx)
	if err != nil {
		return nil, err
	}
	if networkFailed {
		s.Errors[process.ReasonOther]++
	}
	if r.exits != nil {
		r.addExits(s, begun)
	}
	r.serial++
	s.Serial = r.serial
	disbelieve(s)
	r.mark(s)
	r.previous = s.Processes
	return s, nil
}

// disbelieve leaves out delays that cannot be true, of processes that were read in this scan.
func disbelieve(s *process.Snapshot) {
	for _, p := range s.Processes {
		if (p.Since == 0 || p.Since == s.Serial) && p.Known.Has(process.HasBlockIODelay) &&
			!process.Believable(p.Delays.BlockIO, s.Clock.Age(p.StartTicks), p.Threads) {
			p.Known &^= process.HasBlockIODelay
		}
	}
}

// mark dates what has not changed since the last scan. The walk does so by itself, but for
// proportional memory.
func (r *Reader) mark(s *process.Snapshot) {
	if s.Reader != process.ReaderWalk || r.pss != nil {
		process.CompareAll(r.previous, s.Processes, s.Serial)
	}
}

// scan reads in the best way that works. A way that fails is tried again the next time.
func (r *Reader) scan(ctx context.Context) (*process.Snapshot, error) {
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
		if ctx.Err() != nil || way.name == process.ReaderProcfs {
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
func (r *Reader) ways() []way {
	ways := make([]way, 0, 3)
	if r.walk != nil {
		ways = append(ways, way{process.ReaderWalk, r.readWalk})
	}
	if r.bpf != nil {
		ways = append(ways, way{process.ReaderIterator, r.readBPF})
	}
	return append(ways, way{process.ReaderProcfs, r.readFiles})
}

// told logs once that a better way has failed.
func (r *Reader) told(name string, failed []error) {
	if len(failed) > 0 && !r.failing {
		_ = level.Warn(r.cfg.Logger).Log("msg", "BPF failed; another reader is used until BPF works again",
			"reader", name, "err", errors.Join(failed...))
	}
	r.failing = len(failed) > 0
	if r.walk != nil && name != process.ReaderWalk {
		r.walk.Reset()
	}
}

func (r *Reader) readFiles(ctx context.Context) (*process.Snapshot, error) {
	s, err := r.readProcfs(ctx)
	if err == nil && (r.walk != nil || r.bpf != nil) {
		// Its times are in whole ticks, and its context switches those of the first thread.
		process.Pairs(r.previous, s.Processes, func(i int, before *process.Process) { process.NeverBelow(s.Processes[i], before) })
	}
	return s, err
}

func (r *Reader) readBPF(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	clock, err := r.clock.Clock()
	if err != nil {
		return nil, err
	}
	processes, err := r.bpf.Read(ctx, r.previous)
	if err != nil {
		return nil, err
	}
	errs := make(map[string]uint64)
	if processes[0].PID != firstPID {
		if processes, err = r.addFirst(ctx, processes, clock, errs); err != nil {
			return nil, err
		}
	}
	r.facts.Begin(clock.Now, began, len(processes), errs)
	for i := range processes {
		p := processes[i]
		p.Name, p.Facts = r.facts.Get(facts.Sighting{
			ID: p.ID, Name: r.bpf.Name(i), UID: p.UID, Kernel: p.Kernel, Cgroup: r.bpf.Cgroups[i],
		})
	}
	r.facts.Sweep()
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: processes, Reader: process.ReaderIterator, Errors: errs}), nil
}

// firstPID is the number of the process that every PID namespace lives and dies with.
const firstPID = 1

// addFirst adds the first process as the proc file system shows it. Hardened kernels keep
// that one from BPF programs, and a tree without its root is none.
func (r *Reader) addFirst(ctx context.Context, processes []*process.Process, clock process.Clock, errs map[string]uint64) ([]*process.Process, error) {
	first, name, err := r.readFirst(ctx, clock, errs)
	if err != nil {
		return nil, err
	}
	r.bpf.InsertFirst(name)
	return slices.Insert(processes, 0, first), nil
}

// readFirst reads the first process from the proc file system, and its name.
func (r *Reader) readFirst(ctx context.Context, clock process.Clock, errs map[string]uint64) (first *process.Process, name []byte, err error) {
	table, err := r.scanner.ScanOne(ctx, firstPID, clock.Now)
	if err != nil {
		return nil, nil, err
	}
	r.countTable(table, errs)
	if len(table.Processes) == 0 {
		return nil, nil, fmt.Errorf("process %d: %w", firstPID, bpf.ErrIncomplete)
	}
	return &table.Processes[0], table.Names[0].Bytes(), nil
}

// readProcfs reads from the proc file system.
func (r *Reader) readProcfs(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	clock, err := r.clock.Clock()
	if err != nil {
		return nil, err
	}
	errs := make(map[string]uint64)
	if r.clock.Odd {
		errs[process.ReasonParse]++
		r.odd.Log("uptime")
	}
	table, err := r.scanner.Scan(ctx, clock.Now)
	if err != nil {
		return nil, err
	}
	r.countTable(table, errs)
	r.addFacts(table, began, errs)
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: process.Pointers(table.Processes), Reader: process.ReaderProcfs, Errors: errs}), nil
}

// countTable adds what the table could not read to errs, and logs what is new of it.
func (r *Reader) countTable(table *procfs.Table, errs map[string]uint64) {
	table.Failed.AddTo(errs)
	for _, first := range table.Odd {
		r.odd.Log(first)
	}
}

// finish adds to a snapshot what does not depend on how the table was read.
func (r *Reader) finish(s *process.Snapshot) *process.Snapshot {
	r.pss.Apply(s.Processes, s.Errors)
	r.used.Add(s.Taken, r.helper.Merge(r.gpus.Read(s, s.Errors), s, s.Errors))
	r.used.Apply(s, r.previous, r.serial+1)
	if r.networks != nil {
		r.networks.apply(s, r.previous, r.serial+1)
	}
	s.ExitSource = process.ExitsChildren
	s.System = r.readSystem(s.Clock, s.Errors)
	s.Duration = time.Since(s.Taken)
	return s
}

// addFacts gives every process its name and facts.
func (r *Reader) addFacts(table *procfs.Table, now time.Time, errs map[string]uint64) {
	r.facts.Begin(table.Now, now, len(table.Processes), errs)
	for i := range table.Processes {
		p := &table.Processes[i]
		p.Name, p.Facts = r.facts.Get(facts.Sighting{
			ID: p.ID, Name: table.Names[i].Bytes(), UID: p.UID, NoUID: !p.Known.Has(process.HasUID), Kernel: p.Kernel,
		})
	}
	r.facts.Sweep()
}

// readSystem reads the values of the host.
func (r *Reader) readSystem(clock process.Clock, errs map[string]uint64) process.System {
	s, odd := r.system.Read(clock, errs)
	r.odd.Log(odd)
	r.scanner.Worked(s.CPUs)
	return s
}

// Close frees what the reader holds. Readings that hang end when the kernel lets them.
func (r *Reader) Close() error {
	var errs []error
	if r.walk != nil {
		errs = append(errs, r.walk.Close())
	}
	if r.bpf != nil {
		errs = append(errs, r.bpf.Close())
	}
	if r.networks != nil {
		errs = append(errs, r.networks.counter.Close())
	}
	if r.exits != nil {
		errs = append(errs, r.exits.Close())
	}
	r.system.Close()
	r.facts.Close()
	r.pss.Close()
	r.gpus.Close()
	r.helper.Close()
	return errors.Join(append(errs, r.proc.Close())...)
}

package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-kit/log/level"

	"proctree/collector/host/procfile"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// maxHeld bounds the passes that may hang at a process: each of them holds a thread.
const maxHeld = 16

// errStuck is returned when reading /proc itself hangs, not only single processes.
var errStuck = errors.New("too many processes cannot be read")

func newProcfsReader(cfg Config) (*procfsReader, error) {
	proc, err := openProcDir(cfg.ProcPath)
	if err != nil {
		return nil, err
	}
	return &procfsReader{
		cfg:     cfg,
		proc:    proc,
		caps:    findCaps(proc),
		clock:   newBootClock(proc),
		cpus:    cpusOf(proc),
		odd:     newOddities(cfg.Logger),
		facts:   newFactsCache(proc, cfg),
		pss:     newPSSReader(proc, cfg),
		guard:   stall.NewGuard(cfg.Deadline, 1),
		held:    make(map[int]heldPass),
		entries: make([]byte, 64<<10),
	}, nil
}

// procfsReader reads the files of every process.
type procfsReader struct {
	cfg   Config
	proc  *procDir
	caps  procCaps
	clock *bootClock
	// cpus is how many CPUs can have worked for a process.
	cpus  int
	odd   *oddities
	facts *factsCache
	pss   *pssReader
	guard *stall.Guard

	table   scanTable
	files   *pidFiles
	held    map[int]heldPass
	entries []byte
}

func (r *procfsReader) Read(ctx context.Context) (*process.Snapshot, error) {
	began := time.Now()
	clock, err := r.clock.clock()
	if err != nil {
		return nil, err
	}
	errs := make(map[string]uint64)
	if r.clock.odd {
		errs[process.ReasonParse]++
		r.odd.log("uptime")
	}
	if r.table.pids, err = r.proc.pids(r.table.pids[:0], r.entries); err != nil {
		return nil, err
	}
	r.table.begin(clock.Now)
	if err := r.readProcesses(ctx); err != nil {
		return nil, err
	}
	r.countTable(errs)
	r.addFacts(began, errs)
	return r.finish(&process.Snapshot{Taken: began, Clock: clock, Processes: r.table.out, Reader: ReaderProcfs, Errors: errs}), nil
}

// countTable adds what the table could not read to errs, and logs what is new of it.
func (r *procfsReader) countTable(errs map[string]uint64) {
	r.table.failed.addTo(errs)
	for _, first := range r.table.odd {
		r.odd.log(first)
	}
}

// finish adds to a snapshot what does not depend on how the table was read.
func (r *procfsReader) finish(s *process.Snapshot) *process.Snapshot {
	r.pss.apply(s.Processes, s.Errors)
	s.ExitSource = process.ExitsChildren
	s.System = r.system(s.Clock, s.Errors)
	s.Duration = time.Since(s.Taken)
	return s
}

// addFacts gives every process its name and facts.
func (r *procfsReader) addFacts(now time.Time, errs map[string]uint64) {
	r.facts.begin(r.table.now, now, len(r.table.out), errs)
	for i := range r.table.out {
		p := &r.table.out[i]
		p.Name, p.Facts = r.facts.get(sighting{
			ID: p.ID, name: r.table.names[i].slice(), uid: p.UID, noUID: !p.Known.Has(process.HasUID), kernel: p.Kernel,
		})
	}
	r.facts.sweep()
}

// system reads the figures of the host, within the deadline: where /proc/stat and others
// come from a user-space file system (lxcfs), that can hang.
func (r *procfsReader) system(clock process.Clock, errs map[string]uint64) process.System {
	var s process.System
	var failed failures
	longest := procfile.Longest(time.Duration(clock.Now) * tick)
	if _, err := r.guard.Do(func() { s, failed = readSystem(r.cfg.ProcPath, longest) }); err != nil {
		errs[process.ReasonDeadline]++
		return process.System{}
	}
	failed.addTo(errs)
	r.odd.log(failed.first)
	if !r.proc.genuine {
		// CPUs that are offline now may have worked before.
		r.cpus = max(r.cpus, s.CPUs)
	}
	return s
}

// readProcesses fills the table, with a new pass after each process that hangs.
func (r *procfsReader) readProcesses(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read processes: %w", err)
	}
	for pid, held := range r.held {
		select {
		case <-held.done:
			delete(r.held, pid)
		default:
		}
	}
	watch := time.NewTicker(r.cfg.Deadline / watchTicks)
	defer watch.Stop()
	for r.table.at < len(r.table.pids) {
		if len(r.held) > maxHeld {
			return fmt.Errorf("%s: %w", r.cfg.ProcPath, errStuck)
		}
		if r.files == nil {
			r.files = newPIDFiles(r.proc, r.caps)
		}
		r.files.cpus = r.cpus
		p := &pass{
			files: r.files, now: r.table.now, table: &r.table, held: r.held, skipIO: len(r.held) >= maxHeld,
			done: make(chan struct{}),
		}
		go p.run()
		if err := r.await(ctx, p, watch.C); err != nil {
			return err
		}
	}
	return nil
}

// watchTicks is how many looks in a row must find a pass at the same process.
const watchTicks = 4

// await returns when the pass is done, or has been left behind.
func (r *procfsReader) await(ctx context.Context, p *pass, watch <-chan time.Time) error {
	last, same := -1, 0
	for {
		select {
		case <-p.done:
			return nil
		case <-ctx.Done():
			r.leave(p, anywhere)
			// It ends at once unless it hangs, and then nothing of it is left to the next scan.
			select {
			case <-p.done:
			case <-time.After(r.cfg.Deadline):
			}
			return fmt.Errorf("read processes: %w", ctx.Err())
		case <-watch:
		}
		at := p.position()
		if at != last {
			last, same = at, 0
			continue
		}
		if same++; same >= watchTicks && !p.waitsForCPU() && r.leave(p, at) {
			return nil
		}
	}
}

// leave leaves the pass behind at a position, unless it has gone on meanwhile.
func (r *procfsReader) leave(p *pass, at int) bool {
	held, pid, ok := p.leave(at)
	if ok {
		r.held[pid], r.files = held, nil
		_ = level.Debug(r.cfg.Logger).Log("msg", "a process cannot be read in time", "pid", pid)
	}
	return ok
}

// Close frees what the reader holds. Readings that hang end when the kernel lets them.
func (r *procfsReader) Close() error {
	r.guard.Close()
	r.facts.close()
	r.pss.close()
	return r.proc.close()
}

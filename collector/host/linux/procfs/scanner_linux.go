package procfs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// maxHanging bounds the passes that may hang at a process: each of them holds a thread.
const maxHanging = 16

// ErrStuck is returned when reading /proc itself hangs, not only single processes.
var ErrStuck = errors.New("too many processes cannot be read")

// Scanner reads the files of every process, or of one, into a table. Not safe for
// concurrent use.
type Scanner struct {
	proc     *Dir
	caps     procCaps
	deadline time.Duration
	logger   log.Logger
	// cpus is how many CPUs can have worked for a process.
	cpus int
	// delays tells of which processes the kernel counts delays.
	delays delays

	table   Table
	files   *pidFiles
	hanging map[int]hangingPass
	entries []byte
}

// NewScanner returns a scanner. The deadline bounds the reading of one process.
func NewScanner(proc *Dir, deadline time.Duration, logger log.Logger) *Scanner {
	return &Scanner{
		proc: proc, caps: findCaps(proc), deadline: deadline, logger: logger, cpus: cpusOf(proc),
		hanging: make(map[int]hangingPass), entries: make([]byte, 64<<10),
	}
}

// Scan reads every process. The table is the scanner's until its next scan, but for the
// processes in it; now is the tick at which the scan begins.
func (r *Scanner) Scan(ctx context.Context, now uint64) (*Table, error) {
	var odd int
	var err error
	if r.table.pids, odd, err = r.proc.pids(r.table.pids[:0], r.entries); err != nil {
		return nil, err
	}
	table, err := r.readListed(ctx, now)
	if err == nil && odd > 0 {
		table.Failed.Oddities(uint32(odd), "a directory whose name is a number, but no PID")
	}
	return table, err
}

// ScanOne reads one process.
func (r *Scanner) ScanOne(ctx context.Context, pid int, now uint64) (*Table, error) {
	r.table.pids = append(r.table.pids[:0], int32(pid))
	return r.readListed(ctx, now)
}

func (r *Scanner) readListed(ctx context.Context, now uint64) (*Table, error) {
	r.table.begin(now)
	r.delays = delaysNow(r.proc, r.delays, now)
	if err := r.fill(ctx); err != nil {
		return nil, err
	}
	return &r.table, nil
}

// ReadAll makes the scanner read every process at every scan, also those that have not run
// since: for comparisons and measurements.
func (r *Scanner) ReadAll() { r.caps.schedstat = false }

// AccountsIO reports whether the kernel accounts for I/O.
func (r *Scanner) AccountsIO() bool { return r.caps.io }

// Worked takes a number of CPUs that are there now. Where the proc file system is a copy,
// CPUs that are offline now may have worked before.
func (r *Scanner) Worked(cpus int) {
	if !r.proc.Genuine {
		r.cpus = max(r.cpus, cpus)
	}
}

// fill fills the table, with a new pass after each process that hangs.
func (r *Scanner) fill(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("read processes: %w", err)
	}
	for pid, hanging := range r.hanging {
		select {
		case <-hanging.done:
			delete(r.hanging, pid)
		default:
		}
	}
	watch := time.NewTicker(r.deadline / watchTicks)
	defer watch.Stop()
	for r.table.at < len(r.table.pids) {
		if len(r.hanging) > maxHanging {
			return fmt.Errorf("%s: %w", r.proc.Path, ErrStuck)
		}
		if r.files == nil {
			r.files = newPIDFiles(r.proc, r.caps)
		}
		r.files.cpus, r.files.delays = r.cpus, r.delays
		p := &pass{
			files: r.files, now: r.table.Now, table: &r.table, hanging: r.hanging, skipIO: len(r.hanging) >= maxHanging,
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
func (r *Scanner) await(ctx context.Context, p *pass, watch <-chan time.Time) error {
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
			case <-time.After(r.deadline):
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
func (r *Scanner) leave(p *pass, at int) bool {
	hanging, pid, ok := p.leave(at)
	if ok {
		r.hanging[pid], r.files = hanging, nil
		_ = level.Debug(r.logger).Log("msg", "a process cannot be read in time", "pid", pid)
	}
	return ok
}

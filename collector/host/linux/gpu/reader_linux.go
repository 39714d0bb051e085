package gpu

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

const (
	// firstBudgets is how many budgets the first scan may take, so that it finds most of what there is.
	firstBudgets = 10
	// recheck is how long the absence, or the presence, of devices is believed.
	recheck = time.Minute
	// relist is after how long the descriptors of a process that has run are listed again although
	// their number is the same.
	relist = time.Minute
	// maxDescriptors bounds the descriptors of GPUs of one process that are read.
	maxDescriptors = 256
	// maxHanging bounds the readings that hang: a driver that is stuck holds its lock.
	maxHanging = 4
	// maxText bounds the text of one descriptor, in bytes. Drivers write one or two thousand.
	maxText = 16 << 10
)

// Config sets up a Reader.
type Config struct {
	// SysPath is where the sys file system is mounted, RootPath where the root of the host is.
	SysPath, RootPath string
	// Budget is the time per scan for listing descriptors; 0 reads nothing.
	Budget time.Duration
	// Deadline bounds the reading of one process.
	Deadline time.Duration
}

// Reader finds the descriptors of GPUs and reads what they say. A host without such devices costs it
// one look at a directory per minute. Elsewhere it lists the descriptors of a process once, and again
// when their number has changed or the process has run for a minute; known descriptors of GPUs are
// read in each scan. Not safe for concurrent use.
type Reader struct {
	proc  *procfs.Dir
	cfg   Config
	guard *stall.Guard

	present bool
	checked time.Time
	// began is the tick of the first scan with devices; 0 before it.
	began uint64
	looks map[process.ID]*look
	scan  uint64
	// scratch is what readings read through; a reading that hangs keeps it.
	scratch *scratch
}

type scratch struct {
	entries [32 << 10]byte
	target  [256]byte
	text    [maxText]byte
}

// look is what is known of the descriptors of a process.
type look struct {
	id process.ID
	// known is set once they were listed.
	known bool
	// listed is when, and openFDs and cpu are what the process had then.
	listed  time.Time
	openFDs uint64
	cpu     time.Duration
	// nowFDs and nowCPU are what it has in the scan under way.
	nowFDs uint64
	nowCPU time.Duration
	// fds are those of GPUs, holders what they said last, and read is when.
	fds     []int32
	holders []Holder
	read    time.Time
	// hang is the reading that was given up.
	hang *stall.Read
	seen uint64
}

// NewReader returns a Reader.
func NewReader(proc *procfs.Dir, cfg Config) *Reader {
	return &Reader{proc: proc, cfg: cfg, guard: stall.NewGuard(cfg.Deadline, maxHanging), looks: make(map[process.ID]*look)}
}

// Close frees what the reader holds.
func (r *Reader) Close() { r.guard.Close() }

// Read returns the clients of the processes of a snapshot, in the order of PIDs, and sets Looked and
// Unread. errs counts by reason what could not be read.
func (r *Reader) Read(s *process.Snapshot, errs map[string]uint64) []Holder {
	if r.cfg.Budget <= 0 || !r.isPresent(s.Taken) {
		return nil
	}
	budget := r.cfg.Budget
	if r.began == 0 {
		r.began, budget = max(s.Clock.Now, 1), budget*firstBudgets
	}
	r.scan++
	s.GPUs.Looked = true
	known, due := r.plan(s)
	began := time.Now()
	for _, l := range known {
		if time.Since(began) > firstBudgets*r.cfg.Budget {
			break
		}
		r.read(l, time.Time{}, errs)
	}
	began = time.Now()
	for _, l := range due {
		r.read(l, s.Taken, errs) // At least one, so that all have their turn however small the budget is.
		if time.Since(began) >= budget {
			break
		}
	}
	return r.collect(s)
}

// plan returns the processes with known descriptors of GPUs, and those whose descriptors are to be
// listed, in both those first that had their turn longest ago.
func (r *Reader) plan(s *process.Snapshot) (known, due []*look) {
	for _, p := range s.Processes {
		if p.Kernel {
			continue
		}
		l := r.looks[p.ID]
		if l == nil {
			l = &look{id: p.ID}
			r.looks[p.ID] = l
		}
		l.seen, l.nowFDs, l.nowCPU = r.scan, p.OpenFDs, p.CPUTime()
		if l.isDue(s.Taken) {
			due = append(due, l)
		}
		if len(l.fds) > 0 {
			known = append(known, l)
		}
	}
	slices.SortStableFunc(known, func(a, b *look) int { return a.read.Compare(b.read) })
	slices.SortStableFunc(due, func(a, b *look) int { return a.listed.Compare(b.listed) })
	return known, due
}

// isPresent reports whether the host has a device of a GPU: the directory of the class in sysfs has
// one, or /dev/dri is there. A sandbox may hide one of them.
func (r *Reader) isPresent(now time.Time) bool {
	if !r.checked.IsZero() && now.Sub(r.checked) < recheck && !now.Before(r.checked) {
		return r.present
	}
	r.checked = now
	r.present = slices.ContainsFunc([]string{filepath.Join(r.cfg.SysPath, "class/drm"), filepath.Join(r.cfg.RootPath, "dev/dri")}, hasDevice)
	return r.present
}

func hasDevice(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool { return isDevice(e.Name()) })
}

// isDevice reports whether a file has the name of a device of a GPU (drivers/gpu/drm/drm_sysfs.c).
func isDevice(name string) bool {
	for _, prefix := range []string{"card", "renderD", "controlD"} {
		if digits, ok := strings.CutPrefix(name, prefix); ok && len(digits) > 0 && digits[0] >= '0' && digits[0] <= '9' {
			return true
		}
	}
	return false
}

// isDue reports whether the descriptors of a process are to be listed.
func (l *look) isDue(now time.Time) bool {
	return l.listed.IsZero() || l.nowFDs != l.openFDs || now.Sub(l.listed) >= relist && l.nowCPU != l.cpu
}

// read reads what the descriptors of a process say. If listed is a time, it lists them first. What
// cannot be read now keeps what it said last.
func (r *Reader) read(l *look, listed time.Time, errs map[string]uint64) {
	if l.hang != nil {
		if !l.hang.Finished() {
			errs[process.ReasonDeadline]++
			return
		}
		l.hang = nil
	}
	if r.scratch == nil {
		r.scratch = new(scratch)
	}
	j := &job{scratch: r.scratch, proc: r.proc.FD, id: l.id, fds: l.fds, list: !listed.IsZero()}
	running, err := r.guard.Do(j.run)
	if errors.Is(err, stall.ErrOverdue) {
		l.hang, r.scratch = running, nil
	}
	if err != nil {
		errs[procfs.ReasonOf(err)]++
		return
	}
	if j.odd > 0 {
		errs[process.ReasonParse] += uint64(j.odd)
	}
	isNew := l.known || l.id.StartTicks >= r.began
	if j.list {
		l.listed, l.openFDs, l.cpu, l.known = listed, l.nowFDs, l.nowCPU, j.err == nil || procfs.IsGone(j.err)
	}
	l.read, l.fds, l.holders = time.Now(), j.fds, j.holders
	for i := range l.holders {
		l.holders[i].New = isNew
	}
}

// collect returns what all processes hold, and forgets those that have gone.
func (r *Reader) collect(s *process.Snapshot) []Holder {
	var holders []Holder
	for id, l := range r.looks {
		if l.seen != r.scan {
			delete(r.looks, id)
			continue
		}
		if !l.known {
			s.GPUs.Unread++
		}
		holders = append(holders, l.holders...)
	}
	slices.SortStableFunc(holders, func(a, b Holder) int { return a.Process.Compare(b.Process) })
	return holders
}

// job is one reading. It shares nothing with the reader that changes, for it may go on after it was
// given up.
type job struct {
	*scratch
	proc int
	id   process.ID
	list bool
	// fds are the descriptors to read, and then those that are of GPUs.
	fds     []int32
	holders []Holder
	odd     int
	err     error
}

func (j *job) run() {
	if j.list {
		j.fds, j.err = j.devices()
	}
	var kept []int32
	for _, fd := range j.fds {
		text, err := procfs.ReadAt(j.proc, procfs.PIDPath(nil, j.id.PID, "fdinfo/"+strconv.Itoa(int(fd))), j.text[:])
		if err != nil {
			continue // It was closed meanwhile.
		}
		c, ok := Parse(text)
		if !ok {
			continue
		}
		j.odd += c.Odd
		kept = append(kept, fd)
		j.add(&c)
	}
	j.fds = kept
}

// add adds a client, unless another descriptor is of the same.
func (j *job) add(c *Client) {
	for i := range j.holders {
		h := &j.holders[i]
		if h.Client.Name() == c.Name() && h.Client.ID == c.ID && h.Client.HasID == c.HasID {
			h.Descriptors++
			return
		}
	}
	j.holders = append(j.holders, Holder{Process: j.id, Descriptors: 1, Client: *c})
}

// devices lists the descriptors of the process that look like those of GPUs. The text of fdinfo then
// tells: the path is that in the mount namespace of the process, and any file can have such a name.
func (j *job) devices() (found []int32, err error) {
	dir, err := procfs.OpenAt(j.proc, procfs.PIDPath(nil, j.id.PID, "fd"), unix.O_DIRECTORY)
	if err != nil {
		return nil, fmt.Errorf("list descriptors: %w", err)
	}
	defer procfs.CloseFD(dir)
	for {
		n, err := unix.Getdents(dir, j.entries[:])
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return nil, fmt.Errorf("list descriptors: %w", err)
		case n == 0:
			slices.Sort(found)
			return found, nil
		}
		for name := range procfs.DirentNames(j.entries[:n]) {
			fd, err := strconv.ParseInt(string(name), 10, 32)
			if err == nil && len(found) < maxDescriptors && j.isDevice(dir, string(name)) {
				found = append(found, int32(fd))
			}
		}
	}
}

// isDevice reports whether a descriptor is of a file with the name of a device.
func (j *job) isDevice(dir int, name string) bool {
	n, err := unix.Readlinkat(dir, name, j.target[:])
	if err != nil {
		return false // It was closed meanwhile.
	}
	slash := bytes.LastIndexByte(j.target[:n], '/')
	return slash >= 0 && isDevice(string(j.target[slash+1:n]))
}

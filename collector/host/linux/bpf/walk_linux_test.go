package bpf

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// walked is what a reader of a walk knows of all processes.
type walked struct {
	*Walk
	t *testing.T
	// bySlot are the last records of the processes, changed those of the last pass.
	bySlot  map[uint32]Record
	changed map[uint32]bool
	forgot  int
	// wrong is since when a process is another one in the walk, in each comparison.
	wrong map[int]time.Time
}

// manyTicks is long enough for the kernel to book the run time of a process that is on a CPU.
const manyTicks = 100 * time.Millisecond

func (w *walked) Forget() {
	w.bySlot, w.changed = make(map[uint32]Record), make(map[uint32]bool)
	w.forgot++
}

func (w *walked) Changed(r *Record) {
	if w.changed[r.Slot] {
		w.t.Errorf("slot %d is written twice in one pass", r.Slot)
	}
	w.bySlot[r.Slot], w.changed[r.Slot] = *r, true
}

// pass makes a pass and returns all processes by PID.
func (w *walked) pass() map[int]Record {
	w.t.Helper()
	clear(w.changed)
	if err := w.Read(w.t.Context(), w); err != nil {
		w.t.Fatal(err)
	}
	processes := make(map[int]Record, len(w.bySlot))
	for slot, r := range w.bySlot {
		if int(slot) >= w.Slots() {
			w.t.Fatalf("slot %d of %d", slot, w.Slots())
		}
		if !w.Saw(slot) {
			delete(w.bySlot, slot)
			w.Release(slot)
			continue
		}
		if other, twice := processes[int(r.Pid)]; twice && other.Start > r.Start {
			continue // The PID was used again while the pass went on.
		}
		processes[int(r.Pid)] = r
	}
	return processes
}

// walkOrSkip loads a walk, and the iterator to compare it with.
func walkOrSkip(t *testing.T, room int) (*walked, *Tasks) {
	t.Helper()
	tasks := tasksOrSkip(t, loadAlone)
	processes, _ := read(t, tasks)
	_, showsFirst := processes[1]
	walk, err := loadWalkFor(room, !showsFirst, nil)
	if err != nil {
		t.Skipf("SKIPPED: no walk on this machine: %v", err)
	}
	w := &walked{Walk: walk, t: t, wrong: make(map[int]time.Time)}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w, tasks
}

// metrics leaves out of a record what is no metric of the process: its slot, and how the
// kernel last split its CPU time for a reader of /proc, which is no change of the process.
func metrics(r Record) Record {
	r.Slot, r.PrevUtime, r.PrevStime = 0, 0, 0
	return r
}

// agree makes a pass of the walk between two of the iterator. What those show alike has to be
// the same in the walk, every field of it. It returns how many processes that were.
func agree(t *testing.T, w *walked, tasks *Tasks) (compared int) {
	t.Helper()
	before, _ := read(t, tasks)
	now := w.pass()
	after, _ := read(t, tasks)
	for pid, b := range before {
		a, still := after[pid]
		if !still || a.Start != b.Start {
			continue
		}
		n, ok := now[pid]
		if !ok {
			t.Errorf("process %d (%s) is missing", pid, name(b.Comm))
			continue
		}
		if metrics(a) != metrics(b) || pid == os.Getpid() { // The iterator is a descriptor of ours.
			between(t, b, n, a)
			continue
		}
		compared++
		n = metrics(n)
		if n == metrics(a) {
			delete(w.wrong, pid)
			continue
		}
		// It may be on a CPU: then its run time is booked with the next tick, and what it did
		// between the two readings does not show in them. What is wrong because the walk has
		// not seen a change stays wrong. Some passes fit between two ticks.
		if w.wrong[pid].IsZero() {
			w.wrong[pid] = time.Now()
		} else if time.Since(w.wrong[pid]) > manyTicks {
			t.Errorf("process %d (%s) (-iterator +walk):\n%s", pid, name(a.Comm), cmp.Diff(metrics(a), n))
		}
	}
	for pid, n := range now {
		if _, ok := before[pid]; ok {
			continue
		}
		if _, ok := after[pid]; !ok && n.ExitState == 0 && n.Threads > 0 && n.Start < after[os.Getpid()].Start {
			t.Errorf("process %d (%s) was neither there before nor after", pid, name(n.Comm))
		}
	}
	return compared
}

// between checks a process that ran meanwhile: what only grows lies between the two readings.
// Of a process whose threads end it is short for a moment, in both.
func between(t *testing.T, before, now, after Record) {
	t.Helper()
	if before.Threads != 1 || after.Threads != 1 || before.Start != now.Start {
		return
	}
	for _, counter := range []struct {
		name               string
		before, now, after uint64
	}{
		{"run time", before.Runtime, now.Runtime, after.Runtime},
		{"child CPU time", before.Cutime + before.Cstime, now.Cutime + now.Cstime, after.Cutime + after.Cstime},
		{"minor faults", before.Minflt, now.Minflt, after.Minflt},
		{"major faults", before.Majflt, now.Majflt, after.Majflt},
		{"voluntary switches", before.Nvcsw, now.Nvcsw, after.Nvcsw},
		{"involuntary switches", before.Nivcsw, now.Nivcsw, after.Nivcsw},
		{"read bytes", before.ReadBytes, now.ReadBytes, after.ReadBytes},
		{"written bytes", before.WriteBytes, now.WriteBytes, after.WriteBytes},
	} {
		if counter.now < counter.before || counter.now > counter.after {
			t.Errorf("process %d (%s): %s: %d is not between %d and %d",
				now.Pid, name(now.Comm), counter.name, counter.now, counter.before, counter.after)
		}
	}
}

// A thousand passes while processes begin, end, execute programs, change their users, their
// names, their parents and their threads.
func TestWalkAgreesUnderChurn(t *testing.T) {
	w, tasks := walkOrSkip(t, minSlots)
	for _, role := range []string{"forks", "threads", "names", "users", "orphans", "programs"} {
		walkChild(t, role, nil)
	}
	passes := 1000
	if testing.Short() {
		passes = 100
	}
	compared := 0
	for pass := range passes {
		// Now and then a run pauses after each few processes.
		w.budget = runTime
		if pass%10 == 0 {
			w.budget = 1
		}
		compared += agree(t, w, tasks)
		if t.Failed() {
			t.Fatalf("in pass %d", pass)
		}
	}
	if compared < 10*passes {
		t.Errorf("%d comparisons in %d passes", compared, passes)
	}
	if w.forgot != 1 && len(w.slots) == minSlots {
		t.Errorf("the walk started over %d times", w.forgot)
	}
	if many := 2*len(w.bySlot) + 2000; w.Slots() > many {
		t.Errorf("%d slots were used: those of ended processes are not used again", w.Slots())
	}
}

// What others do to a process that sleeps all the time shows with the next pass.
func TestWalkSeesWhatOthersChange(t *testing.T) {
	w, tasks := walkOrSkip(t, minSlots)
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: needs root")
	}
	for _, tc := range []struct {
		name string
		role string
		// change does something to the process; want reports whether a record shows it.
		change func(*child) error
		want   func(before, now Record) bool
	}{
		{"its nice value", "sleep", func(c *child) error {
			return unix.Setpriority(unix.PRIO_PROCESS, c.pid, 7)
		}, func(_, now Record) bool { return now.Nice == 7 }},
		{"its control group", "sleep", func(c *child) error { return moveToGroup(t, c) }, func(b, n Record) bool { return n.Cgroup != b.Cgroup }},
		{
			"much of its memory", "pages", func(c *child) error { return pageOut(c, mappedPages) },
			func(b, n Record) bool { return n.Rss <= b.Rss-mappedPages/2 },
		},
		{
			"little of its memory, which one CPU holds back", "pages", func(c *child) error { return pageOut(c, 3) },
			func(b, n Record) bool { return n.Rss < b.Rss },
		},
		{
			"its parent", "grandchild", func(c *child) error { return unix.Kill(c.parent, unix.SIGKILL) },
			func(b, n Record) bool { return n.Ppid != b.Ppid },
		},
		{
			"its state", "sleep", func(c *child) error { return unix.Kill(c.pid, unix.SIGSTOP) },
			func(b, n Record) bool { return n.State != b.State },
		},
		{
			"its end", "sleep", func(c *child) error { return unix.Kill(c.pid, unix.SIGKILL) },
			func(_, n Record) bool { return n.ExitState != 0 },
		},
		{
			"the descriptors that it shares", "shared files", func(c *child) error { c.goOn(); return nil },
			func(b, n Record) bool { return n.OpenFds >= b.OpenFds+sharedFiles },
		},
		{
			"the memory that it shares", "shared memory", func(c *child) error { c.goOn(); return nil },
			func(b, n Record) bool { return n.Vm >= b.Vm+mappedPages },
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.role == "pages" {
				skipInMemory(t)
			}
			c := walkChild(t, tc.role, nil)
			shows(t, w, tasks, c, tc.change, tc.want)
		})
	}
	t.Run("its memory, by its control group", func(t *testing.T) {
		skipInMemory(t)
		dir, file := reclaimGroup(t)
		c := walkChildIn(t, dir, "pages")
		shows(t, w, tasks, c, func(*child) error {
			// The kernel says that it could not take all, which is right.
			_ = os.WriteFile(file, []byte("1G"), 0)
			return nil
		}, func(b, n Record) bool { return n.Rss < b.Rss })
	})
}

// shows changes something of a process at rest and checks that the walk shows it.
func shows(t *testing.T, w *walked, tasks *Tasks, c *child, change func(*child) error, want func(before, now Record) bool) {
	t.Helper()
	w.t = t
	// What is shared counts as changed always.
	for range 200 {
		time.Sleep(time.Millisecond)
		w.pass()
		if !w.changed[w.slotOf(c.pid)] {
			break
		}
	}
	before := w.pass()[c.pid]
	if err := change(c); errors.Is(err, errUntestable) {
		t.Skipf("SKIPPED: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the iterator shows it", func() bool {
		processes, _ := read(t, tasks)
		return want(before, processes[c.pid])
	})
	if now := w.pass()[c.pid]; !want(before, now) {
		t.Errorf("the walk does not show it (-before +now):\n%s", cmp.Diff(before, now))
	}
	agree(t, w, tasks)
}

// skipInMemory skips what needs files that the kernel can drop from memory.
func skipInMemory(t *testing.T) {
	t.Helper()
	var fs unix.Statfs_t
	check(t, unix.Statfs(t.TempDir(), &fs))
	if fs.Type == unix.TMPFS_MAGIC || uint32(fs.Type) == unix.RAMFS_MAGIC {
		t.Skip("SKIPPED: the test's directory is in memory, of which the kernel can take nothing away")
	}
}

// errUntestable says that this kernel does not let a test do something.
var errUntestable = errors.New("not possible here")

func (w *walked) slotOf(pid int) uint32 {
	for slot, r := range w.bySlot {
		if int(r.Pid) == pid {
			return slot
		}
	}
	return ^uint32(0)
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A process at rest is not written, one that runs is.
func TestWalkWritesWhatHasChanged(t *testing.T) {
	w, _ := walkOrSkip(t, minSlots)
	sleeper, runner := walkChild(t, "sleep", nil), walkChild(t, "names", nil)
	w.pass()
	rested := 0
	for range 20 {
		time.Sleep(5 * time.Millisecond) // So that the runner has run.
		w.pass()
		if !w.changed[w.slotOf(sleeper.pid)] {
			rested++
		}
		if !w.changed[w.slotOf(runner.pid)] {
			t.Errorf("process %d runs, and does not count as changed", runner.pid)
		}
		if !w.changed[w.slotOf(os.Getpid())] {
			t.Error("this very process does not count as changed")
		}
	}
	if rested == 0 {
		t.Errorf("process %d sleeps, and always counts as changed", sleeper.pid)
	}
}

// Every process is written once a minute, however often there are passes.
func TestWalkWritesAllEachMinute(t *testing.T) {
	w, _ := walkOrSkip(t, minSlots)
	sleeper := walkChild(t, "sleep", nil)
	for _, every := range []time.Duration{time.Second, 15 * time.Second, 40 * time.Second, 5 * time.Minute} {
		now := time.Now()
		w.now = func() time.Time { return now }
		w.pass()
		for since := time.Duration(0); since < 10*time.Minute; since += every {
			now = now.Add(every)
			w.pass()
			full := now.Equal(w.fullAt)
			if full && !w.changed[w.slotOf(sleeper.pid)] {
				t.Fatalf("every %v: a full pass does not write process %d", every, sleeper.pid)
			}
			if age := now.Sub(w.fullAt); age > fullPassEvery {
				t.Fatalf("every %v: the last full pass was %v ago", every, age)
			}
		}
	}
}

// With more processes than slots the walk makes room, and shows them all.
func TestWalkMakesRoom(t *testing.T) {
	w, tasks := walkOrSkip(t, 8)
	for range 4 {
		if agree(t, w, tasks) == 0 {
			t.Error("nothing was compared")
		}
	}
	if w.forgot < 3 || len(w.slots) < len(w.bySlot) {
		t.Errorf("forgot %d times; %d slots for %d processes", w.forgot, len(w.slots), len(w.bySlot))
	}
}

// The threads of a large process are summed over several steps and runs, also while they end.
func TestWalkOfManyThreads(t *testing.T) {
	w, tasks := walkOrSkip(t, minSlots)
	still, ending := walkChild(t, "many threads", nil), walkChild(t, "many ending threads", nil)
	for pass := range 50 {
		w.budget = runTime
		if pass%2 == 0 {
			w.budget = 1
		}
		agree(t, w, tasks)
		now := w.pass()
		if n := now[still.pid].Threads; n < manyThreads {
			t.Fatalf("%d threads, want %d", n, manyThreads)
		}
		if r := now[ending.pid]; r.Runtime == 0 || r.Threads < 2 {
			t.Fatalf("a process with threads that end has run for %d ns in %d threads", r.Runtime, r.Threads)
		}
	}
}

// In a PID namespace the walk shows what is in it, by the numbers that hold there.
func TestWalkInAPIDNamespace(t *testing.T) {
	walkOrSkip(t, minSlots)
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: needs root")
	}
	c := walkChild(t, "namespace", &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID})
	if c.said != "2 processes, this one is 1" {
		t.Errorf("it says %q", c.said)
	}
}

// After a pass that was cut off the next one shows everything again.
func TestWalkIsCutOff(t *testing.T) {
	w, tasks := walkOrSkip(t, minSlots)
	w.pass()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Read(ctx, w); !errors.Is(err, ctx.Err()) {
		t.Errorf("error %v, want %v", err, ctx.Err())
	}
	agree(t, w, tasks)
	if w.forgot != 2 {
		t.Errorf("started over %d times, want 2", w.forgot)
	}
}

// unified is where version 2 of the control groups is mounted.
func unified() string {
	for _, dir := range []string{"/sys/fs/cgroup/unified", "/sys/fs/cgroup"} {
		if _, err := os.Stat(dir + "/cgroup.procs"); err == nil {
			if _, err := os.Stat(dir + "/cgroup.controllers"); err == nil {
				return dir
			}
		}
	}
	return ""
}

// newGroup makes a control group below a directory, for the test.
func newGroup(t *testing.T, below string) string {
	t.Helper()
	dir, err := os.MkdirTemp(below, "proctree-test-") //nolint:usetesting // a control group is no directory of files
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EROFS) {
		t.Skipf("SKIPPED: no control group can be made: %v", err)
	}
	check(t, err)
	t.Cleanup(func() { eventually(t, "the control group is empty", func() bool { return os.Remove(dir) == nil }) })
	return dir
}

func moveToGroup(t *testing.T, c *child) error {
	t.Helper()
	dir := unified()
	if dir == "" {
		return fmt.Errorf("%w: no control groups of version 2", errUntestable)
	}
	dir = newGroup(t, dir)
	t.Cleanup(c.end)
	return os.WriteFile(dir+"/cgroup.procs", []byte(strconv.Itoa(c.pid)), 0)
}

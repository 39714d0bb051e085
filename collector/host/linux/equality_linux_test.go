package linux

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/collector/host/linux/exits"
	"proctree/collector/host/linux/facts"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// bpfOrSkip returns a Reader of one of the modes by BPF, or skips the test where that is not
// possible.
func bpfOrSkip(t *testing.T, mode string) *Reader {
	t.Helper()
	r, err := Open(Config{Reader: mode})
	if err != nil {
		t.Skipf("SKIPPED: the process table cannot be read by BPF here: %v", err)
	}
	closeAfter(t, r)
	return r
}

func closeAfter(t *testing.T, r *Reader) {
	t.Helper()
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

func readOnce(t *testing.T, r *Reader) *process.Snapshot {
	t.Helper()
	s, err := r.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readAnew reads the facts of every process too. Those that a reader keeps may be minutes
// old, of a program that has executed another one under the same name since.
func readAnew(t *testing.T, r *Reader) *process.Snapshot {
	t.Helper()
	r.facts.Close()
	r.facts = facts.New(r.proc, r.cfg.RootPath, r.cfg.Deadline)
	r.ledger = exits.NewLedger(r.facts)
	return readOnce(t, r)
}

// Both readers show the same processes. Each reading by BPF lies between two of the proc
// file system: what did not change between those must be the same, and counters must lie
// between theirs.
func TestReadersAgree(t *testing.T) {
	for _, mode := range []string{process.ReaderIterator, process.ReaderWalk} {
		t.Run(mode, func(t *testing.T) { agreesWithFiles(t, mode) })
	}
}

func agreesWithFiles(t *testing.T, mode string) {
	t.Helper()
	byBPF := bpfOrSkip(t, mode)
	files, err := Open(Config{Reader: process.ReaderProcfs})
	if err != nil {
		t.Fatal(err)
	}
	closeAfter(t, files)
	ReadAll(files)
	special := startSpecimens(t)
	hidesFirst := firstIsHidden(t, byBPF)

	alone := map[int]bool{special["exec"]: true, special["PID namespace"]: true}
	still := map[int]bool{special["threads"]: true, special["files"]: true, special["stopped"]: true, special["nice"]: true}
	missing := make(map[process.ID]int)
	compared, asleep := make(map[int]int), make(map[int]int)
	for round, began := 0, time.Now(); round < 3 || round < 15 && time.Since(began) < 2*time.Second; round++ {
		// A reader that has shown nothing yet splits CPU times as the kernel does.
		byBPF.previous = nil
		before, now, after := readAnew(t, files), readAnew(t, byBPF), readAnew(t, files)
		if now.Reader != mode || now.Errors[process.ReasonBPF] != 0 {
			t.Fatalf("reader %s, errors %v", now.Reader, now.Errors)
		}
		agreement := agreement{t: t, before: before, now: now, after: after, alone: alone, still: still}
		for i := range before.Processes {
			b := before.Processes[i]
			a := after.ByID(b.ID)
			if a == nil {
				continue
			}
			n := now.ByID(b.ID)
			if n == nil {
				if missing[b.ID]++; missing[b.ID] > 1 || !hidesFirst || b.PPID != firstPID {
					t.Errorf("%s (%s) is missing", b.ID, b.Name)
				}
				continue
			}
			compared[b.PID]++
			if agreement.compare(b, n, a) {
				asleep[b.PID]++
			}
		}
		agreement.noneInvented()
		time.Sleep(10 * time.Millisecond)
	}
	for name, pid := range special {
		if compared[pid] == 0 {
			t.Errorf("%s (process %d) was in no comparison", name, pid)
		}
		if (alone[pid] || still[pid]) && asleep[pid] == 0 {
			t.Errorf("%s (process %d) was never seen asleep", name, pid)
		}
	}
}

// firstIsHidden reports whether the kernel keeps the first process from BPF programs. Then
// its children are hidden too until they execute a program of their own.
func firstIsHidden(t *testing.T, r *Reader) bool {
	t.Helper()
	processes, err := r.bpf.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	hidden := processes[0].PID != firstPID
	if hidden {
		t.Log("SKIPPED: the first process, which this kernel keeps from BPF")
	}
	return hidden
}

// startSpecimens starts one process of every kind and returns their PIDs.
func startSpecimens(t *testing.T) map[string]int {
	t.Helper()
	pids := make(map[string]int)
	for role := range childRoles {
		if role == rightsRole || role == waitsRole || role == delaysRole {
			continue
		}
		pids[role] = startChild(t, role, nil).Process.Pid
	}
	pids["exec"] = start(t, exec.CommandContext(t.Context(), "sh", "-c", "echo ready; exec cat"), nil).Process.Pid
	pids["nice"] = startChild(t, "sleep", nil).Process.Pid
	if err := unix.Setpriority(unix.PRIO_PROCESS, pids["nice"], 7); err != nil {
		t.Error(err)
	}
	pids["stopped"] = startChild(t, "sleep", nil).Process.Pid
	if err := unix.Kill(pids["stopped"], unix.SIGSTOP); err != nil {
		t.Error(err)
	}
	if os.Geteuid() != 0 {
		t.Log("SKIPPED: processes of other users and namespaces, which need root")
		return pids
	}
	for name, attr := range map[string]*syscall.SysProcAttr{
		"PID namespace": {Cloneflags: syscall.CLONE_NEWPID},
		"user namespace": {
			Cloneflags:  syscall.CLONE_NEWUSER,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 12345, Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: 12345, Size: 1}},
		},
		"other user": {Credential: &syscall.Credential{Uid: 12346, Gid: 12346}},
	} {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", "echo ready; exec cat")
		pids[name] = start(t, cmd, attr).Process.Pid
	}
	return pids
}

// agreement compares one reading by BPF with those of the proc file system around it.
type agreement struct {
	t                  *testing.T
	before, now, after *process.Snapshot
	// alone are the processes that never had a second thread, still those whose threads
	// do nothing.
	alone, still map[int]bool
}

// compare reports whether the process was asleep all the time, and so had to be the same.
func (c agreement) compare(b, n, a *process.Process) bool {
	c.between(b, n, a)
	c.same(b, n, a)
	if !c.slept(b, a) {
		return false
	}
	want, got := *b, *n
	want.Since, got.Since = 0, 0
	// The proc file system has only one of the delays, in ticks: TestWaitForDisk compares it.
	want.Delays, got.Delays = process.Delays{}, process.Delays{}
	want.Known &^= process.HasDelays
	got.Known &^= process.HasDelays
	// The kernel makes up longer names for its threads, and the first thread's switches
	// are not those of the process.
	if b.Kernel && strings.HasPrefix(b.Name, n.Name) {
		want.Name = got.Name
	}
	if !c.alone[b.PID] {
		want.VoluntarySwitches, want.InvoluntarySwitches = got.VoluntarySwitches, got.InvoluntarySwitches
		want.CPUWait = max(want.CPUWait, got.CPUWait)
	}
	if b.State == process.Zombie {
		want.CPUWait = got.CPUWait // What its other threads waited comes with the record of its exit.
	}
	got.UserTime, got.SystemTime = got.UserTime.Truncate(procfs.Tick), got.SystemTime.Truncate(procfs.Tick)
	got.ChildUserTime, got.ChildSystemTime = got.ChildUserTime.Truncate(procfs.Tick), got.ChildSystemTime.Truncate(procfs.Tick)
	if want.Known != got.Known {
		// A file that was refused, or not there.
		missing := got.Known &^ want.Known
		if missing&^(process.HasIO|process.HasOpenFDs) != 0 || !got.Known.Has(want.Known) {
			c.t.Errorf("%s (%s): known %b, want %b", b.ID, b.Name, got.Known, want.Known)
		}
		want.Known = got.Known
		if missing.Has(process.HasIO) {
			want.ReadBytes, want.WrittenBytes = got.ReadBytes, got.WrittenBytes
		}
		if missing.Has(process.HasOpenFDs) {
			want.OpenFDs = got.OpenFDs
		}
	}
	// Facts that did not come in time are not there.
	if c.before.Errors[process.ReasonDeadline]+c.now.Errors[process.ReasonDeadline] > 0 {
		want.Facts = got.Facts
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("%s (%s) slept (-proc +bpf):\n%s", b.ID, b.Name, diff)
	}
	return true
}

// between checks what only grows.
func (c agreement) between(b, n, a *process.Process) {
	// Of threads that ended before, or are about to, each knows something else.
	if c.alone[b.PID] && a.State != process.Zombie && (n.CPUWait < b.CPUWait || n.CPUWait > a.CPUWait) {
		c.t.Errorf("%s (%s): the wait for a CPU, %v, is not between %v and %v", b.ID, b.Name, n.CPUWait, b.CPUWait, a.CPUWait)
	}
	for _, counter := range []struct {
		name               string
		before, now, after uint64
	}{
		{"CPU ticks", uint64(b.CPUTime() / procfs.Tick), uint64((n.CPUTime() + procfs.Tick) / procfs.Tick), uint64(a.CPUTime()/procfs.Tick) + 2},
		{"child CPU ticks", uint64(b.ChildUserTime / procfs.Tick), uint64(n.ChildUserTime / procfs.Tick), uint64(a.ChildUserTime / procfs.Tick)},
		{"minor faults", b.MinorFaults, n.MinorFaults, a.MinorFaults},
		{"major faults", b.MajorFaults, n.MajorFaults, a.MajorFaults},
		{"voluntary switches", b.VoluntarySwitches, n.VoluntarySwitches, a.VoluntarySwitches},
		{"involuntary switches", b.InvoluntarySwitches, n.InvoluntarySwitches, a.InvoluntarySwitches},
		{"read bytes", b.ReadBytes, n.ReadBytes, a.ReadBytes},
		{"written bytes", b.WrittenBytes, n.WrittenBytes, a.WrittenBytes},
	} {
		if strings.HasSuffix(counter.name, "bytes") && !b.Known.Has(process.HasIO) {
			continue
		}
		// The proc file system shows the first thread's switches alone.
		open := strings.HasSuffix(counter.name, "switches") && !c.alone[b.PID]
		if counter.now < counter.before || counter.now > counter.after && !open {
			c.t.Errorf("%s (%s): %s: %d is not between %d and %d",
				b.ID, b.Name, counter.name, counter.now, counter.before, counter.after)
		}
	}
}

// same checks what was the same before and after.
func (c agreement) same(b, n, a *process.Process) {
	for _, metric := range []struct {
		name               string
		before, now, after any
	}{
		{"parent", b.PPID, n.PPID, a.PPID},
		{"user", b.UID, n.UID, a.UID},
		{"nice", b.Nice, n.Nice, a.Nice},
		{"kernel", b.Kernel, n.Kernel, a.Kernel},
	} {
		if metric.before == metric.after && metric.now != metric.before {
			c.t.Errorf("%s (%s): %s: %v, want %v", b.ID, b.Name, metric.name, metric.now, metric.before)
		}
	}
	if b.Name == a.Name && n.Name != b.Name && (!b.Kernel || !strings.HasPrefix(b.Name, n.Name)) {
		c.t.Errorf("%s: name %q, want %q", b.ID, n.Name, b.Name)
	}
}

// slept reports whether a process cannot have run between two readings. Of the threads of
// others nobody knows: a tick is 10 ms.
func (c agreement) slept(b, a *process.Process) bool {
	was, is := *b, *a
	was.Since, is.Since = 0, 0
	return cmp.Equal(was, is) && b.State != process.Running && (b.Threads == 1 || c.still[b.PID])
}

// noneInvented checks that what BPF shows was there before or after, or lived between.
func (c agreement) noneInvented() {
	if c.before.Errors[process.ReasonDeadline] > 0 {
		return // On a machine that slow a process can be left out.
	}
	for i := range c.now.Processes {
		n := c.now.Processes[i]
		if c.before.ByID(n.ID) == nil && n.StartTicks+1 < c.before.Clock.Now {
			c.t.Errorf("%s (%s) is older than the reading before, and was not in it", n.ID, n.Name)
		}
	}
}

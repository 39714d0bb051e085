package control_test

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"proctree/collector/host/control"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// newActor returns an Actor for this system.
func newActor(tb testing.TB) *control.Actor {
	tb.Helper()
	actor, err := control.New(control.Config{ProcPath: "/proc"})
	if err != nil {
		tb.Fatal(err)
	}
	return actor
}

// spawn starts a process that sleeps; it is killed at the end of the test.
func spawn(tb testing.TB) (*exec.Cmd, process.ID) {
	tb.Helper()
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, idOf(tb, cmd.Process.Pid)
}

func statOf(tb testing.TB, pid int) (s procfs.Stat) {
	tb.Helper()
	content, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		tb.Fatal(err)
	}
	if !s.Parse(content) {
		tb.Fatalf("cannot parse %s", content)
	}
	return s
}

func idOf(tb testing.TB, pid int) process.ID {
	tb.Helper()
	return process.ID{PID: pid, StartTicks: statOf(tb, pid).StartTicks}
}

// catchSignals lets the children of the test die of signals that it was told to ignore, as by
// nohup(1): an ignored signal stays ignored in a child, a caught one does not (execve(2)).
func catchSignals(tb testing.TB) {
	tb.Helper()
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2)
	tb.Cleanup(func() { signal.Stop(caught) })
}

func TestSignalsReachTheProcess(t *testing.T) {
	catchSignals(t)
	actor := newActor(t)
	for _, name := range []string{control.TERM, control.KILL, control.HUP, control.INT, control.USR1, control.USR2} {
		cmd, id := spawn(t)
		if err := actor.Signal(id, name); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		err := cmd.Wait()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || "SIG"+name != signalName(exit.Sys().(syscall.WaitStatus).Signal()) {
			t.Errorf("%s: the process ended with %v", name, err)
		}
	}
}

func signalName(s syscall.Signal) string {
	return map[syscall.Signal]string{
		syscall.SIGTERM: "SIGTERM", syscall.SIGKILL: "SIGKILL", syscall.SIGHUP: "SIGHUP",
		syscall.SIGINT: "SIGINT", syscall.SIGUSR1: "SIGUSR1", syscall.SIGUSR2: "SIGUSR2",
	}[s]
}

// niceOf returns the nice value of a process, or of a thread.
func niceOf(tb testing.TB, pid int) int {
	tb.Helper()
	// The system call returns 20 minus the nice value (getpriority(2)).
	priority, err := syscall.Getpriority(syscall.PRIO_PROCESS, pid)
	if err != nil {
		tb.Fatal(err)
	}
	return 20 - priority
}

// waitState waits until the parent is told that a child has stopped or gone on.
func waitState(tb testing.TB, pid int, ok func(syscall.WaitStatus) bool) {
	tb.Helper()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, syscall.WUNTRACED|syscall.WCONTINUED, nil); err != nil || !ok(status) {
		tb.Errorf("status %#x, error %v", status, err)
	}
}

func TestStopAndContinue(t *testing.T) {
	actor := newActor(t)
	cmd, id := spawn(t)
	if err := actor.Signal(id, control.STOP); err != nil {
		t.Fatal(err)
	}
	waitState(t, cmd.Process.Pid, syscall.WaitStatus.Stopped)
	if err := actor.Signal(id, control.CONT); err != nil {
		t.Fatal(err)
	}
	waitState(t, cmd.Process.Pid, syscall.WaitStatus.Continued)
}

func TestRenice(t *testing.T) {
	actor := newActor(t)
	_, id := spawn(t)
	// An ordinary account can only raise the value (setpriority(2)), and the test can run
	// under nice(1) itself.
	want := niceOf(t, id.PID) + 2
	if want > control.MostNice {
		t.Fatalf("the test runs with the nice value %d, which leaves none to set", want-2)
	}
	if err := actor.Renice(id, want); err != nil {
		t.Fatal(err)
	}
	if got := niceOf(t, id.PID); got != want {
		t.Errorf("the nice value is %d, want %d", got, want)
	}
	for _, nice := range []int{-21, 20, 1 << 20} {
		if err := actor.Renice(id, nice); err == nil {
			t.Errorf("nice value %d is accepted", nice)
		}
	}
}

// TestReniceReachesAllThreads, for a nice value belongs to a thread on Linux.
func TestReniceReachesAllThreads(t *testing.T) {
	if os.Getenv("PROCTREE_TEST_THREADS") != "" {
		// The runtime of Go has several threads from the start.
		_, _ = os.Stdout.WriteString("ready\n")
		_, _ = os.Stdin.Read(make([]byte, 1))
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestReniceReachesAllThreads$")
	cmd.Env = append(os.Environ(), "PROCTREE_TEST_THREADS=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	want := niceOf(t, cmd.Process.Pid) + 2
	if err := newActor(t).Renice(idOf(t, cmd.Process.Pid), want); err != nil {
		t.Error(err)
	}
	tasks, err := os.ReadDir("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/task")
	if err != nil || len(tasks) < 2 {
		t.Fatalf("%d threads, error %v", len(tasks), err)
	}
	for _, task := range tasks {
		tid, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		if got := niceOf(t, tid); got != want {
			t.Errorf("thread %d has the nice value %d, want %d", tid, got, want)
		}
	}
	_ = stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

func TestRefusals(t *testing.T) {
	actor := newActor(t)
	cmd, id := spawn(t)
	later := process.ID{PID: id.PID, StartTicks: id.StartTicks + 1}
	for _, test := range []struct {
		name string
		id   process.ID
		want error
	}{
		{"another start time", later, control.ErrReused},
		{"no such process", process.ID{PID: 1 << 22, StartTicks: 1}, process.ErrNoProcess},
		{"a number that is none", process.ID{PID: -1}, nil},
	} {
		for action, err := range map[string]error{
			"signal": actor.Signal(test.id, control.KILL),
			"renice": actor.Renice(test.id, 3),
		} {
			if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s, %s: %v, want %v", test.name, action, err, test.want)
			}
		}
	}
	if err := actor.Signal(id, "SEGV"); !errors.Is(err, control.ErrUnsupported) {
		t.Errorf("a signal that is not listed: %v", err)
	}
	if err := syscall.Kill(cmd.Process.Pid, 0); err != nil {
		t.Errorf("the process was hit: %v", err)
	}
	// It ends, but nobody has waited for it yet.
	if err := actor.Signal(id, control.KILL); err != nil {
		t.Fatal(err)
	}
	for statOf(t, id.PID).State != 'Z' {
	}
	if err := actor.Signal(id, control.KILL); !errors.Is(err, process.ErrNoProcess) {
		t.Errorf("a process that has ended: %v", err)
	}
}

// TestThreadsAreNoProcesses: the number of a thread is not a PID.
func TestThreadsAreNoProcesses(t *testing.T) {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		tid, err := strconv.Atoi(task.Name())
		if err != nil {
			t.Fatal(err)
		}
		if tid == os.Getpid() {
			continue
		}
		if err := newActor(t).Signal(idOf(t, tid), control.CONT); err == nil {
			t.Errorf("thread %d took a signal", tid)
		}
	}
}

// TestForeignProcFileSystem: PIDs of a copy, or of another namespace, must not be acted on.
func TestForeignProcFileSystem(t *testing.T) {
	dir := t.TempDir()
	for _, status := range []string{"", "NSpid:\t4711\n", "NSpid:\t4711\t" + strconv.Itoa(os.Getpid()) + "\n", "NSpid:\t" + strconv.Itoa(os.Getpid()) + "\t1\n"} {
		if err := os.MkdirAll(dir+"/self", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir+"/self/status", []byte(status), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := control.New(control.Config{ProcPath: dir}); err == nil {
			t.Errorf("accepted with %q", status)
		}
	}
}

// TestReusedPID gives the PID of a process to another one while a signal for the first is on
// its way, 1,000 times. No signal may reach the other one.
func TestReusedPID(t *testing.T) {
	file, err := os.OpenFile("/proc/sys/kernel/ns_last_pid", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("SKIP: forcing the reuse of a PID needs root (CAP_CHECKPOINT_RESTORE): %v", err)
	}
	defer func() { _ = file.Close() }()
	actor := newActor(t)
	const tries, batch = 1000, 50
	reused, refused := 0, 0
	for range tries / batch {
		victims := make([]*exec.Cmd, batch)
		ids := make([]process.ID, batch)
		for i := range victims {
			victims[i], ids[i] = spawn(t)
		}
		// As for each process that a table shows, the tick in which it started is over:
		// the start time of what follows is another one.
		for tickNow(t) <= ids[batch-1].StartTicks {
		}
		for i, victim := range victims {
			first := make(chan error, 1)
			go func() { first <- actor.Signal(ids[i], control.KILL) }()
			_ = victim.Process.Kill()
			_ = victim.Wait()
			if _, err := file.WriteAt([]byte(strconv.Itoa(ids[i].PID-1)), 0); err != nil {
				t.Fatal(err)
			}
			bystander := spawnPID(t)
			if bystander == ids[i].PID {
				reused++
			}
			if err := <-first; err != nil {
				refused++
			}
			if err := actor.Signal(ids[i], control.KILL); err == nil {
				t.Fatalf("process %s has ended, and takes a signal", ids[i])
			}
			if err := actor.Renice(ids[i], 9); err == nil {
				t.Fatalf("process %s has ended, and takes a nice value", ids[i])
			}
			// SIGKILL goes before SIGTERM, so this shows which one the process got.
			if signal := terminate(t, bystander); signal != syscall.SIGTERM {
				t.Fatalf("process %d was hit by the signal for %s: %v", bystander, ids[i], signal)
			}
		}
	}
	t.Logf("of %d PIDs %d were reused; %d of the signals on their way were refused", tries, reused, refused)
	if reused < tries/2 {
		t.Errorf("only %d of %d PIDs were reused, so the test proves too little", reused, tries)
	}
}

// spawnPID starts a process that sleeps, by the quickest way there is.
func spawnPID(tb testing.TB) int {
	tb.Helper()
	pid, err := syscall.ForkExec("/bin/sleep", []string{"sleep", "600"}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}})
	if err != nil {
		tb.Fatal(err)
	}
	return pid
}

// terminate ends a child and returns the signal that it ended by.
func terminate(tb testing.TB, pid int) syscall.Signal {
	tb.Helper()
	var status syscall.WaitStatus
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		tb.Fatal(err)
	}
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		tb.Fatal(err)
	}
	return status.Signal()
}

// tickNow returns the tick in which a process starts now.
func tickNow(tb testing.TB) uint64 {
	tb.Helper()
	pid := spawnPID(tb)
	defer terminate(tb, pid)
	return statOf(tb, pid).StartTicks
}

package control_test

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"proctree/collector/host/control"
	"proctree/collector/process"
)

// sleepEnv makes the test program the process that is acted on.
const sleepEnv = "PROCTREE_TEST_SLEEP"

func TestMain(m *testing.M) {
	if os.Getenv(sleepEnv) != "" {
		time.Sleep(10 * time.Minute)
	}
	os.Exit(m.Run()) //nolint:forbidigo // as a TestMain ends
}

// spawn starts a process that sleeps; it is killed at the end of the test.
func spawn(t *testing.T) (*exec.Cmd, process.ID) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), sleepEnv+"=1")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	handle := query(t, cmd.Process.Pid)
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &created, &exited, &kernel, &user); err != nil {
		t.Fatal(err)
	}
	return cmd, process.ID{PID: cmd.Process.Pid, StartTicks: uint64(created.HighDateTime)<<32 | uint64(created.LowDateTime)}
}

// query opens a process to ask about it.
func query(t *testing.T, pid int) windows.Handle {
	t.Helper()
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = windows.CloseHandle(handle) })
	return handle
}

// newActor returns an Actor. Wine cannot tell whether a process is critical; nothing may be done
// without an answer, so that there the tests give one.
func newActor(t *testing.T) *control.Actor {
	t.Helper()
	actor, err := control.New(control.Config{})
	if err != nil {
		t.Fatal(err)
	}
	_, id := spawn(t)
	if err := actor.Renice(id, 0); errors.Is(err, control.ErrUnsupported) {
		t.Log("not tried here: the answer of IsProcessCritical, which this system does not have")
		actor.SetCritical(func(windows.Handle) (bool, error) { return false, nil })
	}
	return actor
}

// TestCritical: what Windows needs is not touched, and nothing is without an answer.
func TestCritical(t *testing.T) {
	_, id := spawn(t)
	broken := errors.New("no answer")
	for _, test := range []struct {
		critical bool
		err      error
		want     error
	}{{true, nil, control.ErrNotPermitted}, {false, broken, broken}} {
		actor := newActor(t)
		actor.SetCritical(func(windows.Handle) (bool, error) { return test.critical, test.err })
		for _, name := range []string{control.KILL, control.STOP} {
			if err := actor.Signal(id, name); !errors.Is(err, test.want) {
				t.Errorf("critical %v, error %v: %s: %v, want %v", test.critical, test.err, name, err, test.want)
			}
		}
	}
}

func TestKill(t *testing.T) {
	actor := newActor(t)
	cmd, id := spawn(t)
	if err := actor.Signal(id, control.KILL); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 137 {
		t.Errorf("the process ended with %v", err)
	}
	// The handle of the test keeps the PID.
	if err := actor.Signal(id, control.KILL); !errors.Is(err, process.ErrNoProcess) {
		t.Errorf("a process that has ended: %v", err)
	}
}

func TestStopAndContinue(t *testing.T) {
	actor := newActor(t)
	_, id := spawn(t)
	for _, name := range []string{control.STOP, control.CONT} {
		if err := actor.Signal(id, name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPriorityClass(t *testing.T) {
	actor := newActor(t)
	_, id := spawn(t)
	for nice, want := range map[int]uint32{
		19: windows.IDLE_PRIORITY_CLASS, 5: windows.BELOW_NORMAL_PRIORITY_CLASS, 0: windows.NORMAL_PRIORITY_CLASS,
		-5: windows.ABOVE_NORMAL_PRIORITY_CLASS, -20: windows.HIGH_PRIORITY_CLASS,
	} {
		if err := actor.Renice(id, nice); err != nil {
			t.Errorf("nice value %d: %v", nice, err)
		}
		if got, err := windows.GetPriorityClass(query(t, id.PID)); err != nil || got != want {
			t.Errorf("nice value %d: class %#x, error %v, want %#x", nice, got, err, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	actor := newActor(t)
	_, id := spawn(t)
	for _, test := range []struct {
		name string
		id   process.ID
		want error
	}{
		{"another creation time", process.ID{PID: id.PID, StartTicks: id.StartTicks + 1}, control.ErrReused},
		{"no such process", process.ID{PID: 0x7ffffff0, StartTicks: 1}, process.ErrNoProcess},
	} {
		for action, err := range map[string]error{"KILL": actor.Signal(test.id, control.KILL), "nice": actor.Renice(test.id, 5)} {
			if !errors.Is(err, test.want) {
				t.Errorf("%s, %s: %v, want %v", test.name, action, err, test.want)
			}
		}
	}
	if err := actor.Signal(id, control.TERM); !errors.Is(err, control.ErrUnsupported) {
		t.Errorf("a signal that Windows does not have: %v", err)
	}
	if err := actor.Renice(id, 20); err == nil {
		t.Error("nice value 20 is accepted")
	}
	var code uint32
	if err := windows.GetExitCodeProcess(query(t, id.PID), &code); err != nil || code != 259 { // STILL_ACTIVE
		t.Errorf("the process was hit: exit code %d, error %v", code, err)
	}
}

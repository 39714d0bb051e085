package linux

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// childRole names what this test binary does when a test starts it as a child.
const childRole = "PROCTREE_TEST_CHILD"

// TestChild is no test: it is what a child started by startChild runs.
func TestChild(t *testing.T) {
	role, ok := childRoles[os.Getenv(childRole)]
	if !ok {
		t.Skip("runs only as the child of another test")
	}
	role()
	// Ready; the parent lets go by closing our standard input.
	_, _ = os.Stdout.WriteString("ready\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0) //nolint:forbidigo // the check for leaked goroutines is not for this process
}

var childRoles = map[string]func(){
	"sleep": func() {},

	rightsRole:     reportRights,
	waitsRole:      waitForCPUs,
	delaysRole:     waitForDisk,
	networkRole:    makeTraffic,
	delaysLoadRole: runDelaysLoad,
	"threads":      func() { startThreads(20, func() { select {} }) },
	"burn":         func() { startThreads(2, burn) },
	"churn":        func() { startThreads(2, func() { startThreads(1, func() { burnFor(time.Millisecond) }) }) },
	"rename": func() {
		if err := os.WriteFile("/proc/self/comm", []byte("a) S 1 (\xffb"), 0); err != nil {
			panic(err)
		}
	},
	"zombie": func() {
		if err := exec.Command("true").Start(); err != nil {
			panic(err)
		}
	},
	"files": func() {
		for range 300 {
			if _, err := unix.Open("/dev/null", unix.O_RDONLY, 0); err != nil {
				panic(err)
			}
		}
	},
}

// startThreads runs a function over and over in threads of their own, each of which ends
// with its run.
func startThreads(n int, run func()) {
	for range n {
		go func() {
			for {
				done := make(chan struct{})
				go func() {
					runtime.LockOSThread()
					defer close(done)
					run()
				}()
				<-done
			}
		}()
	}
}

func burn() { burnFor(time.Hour) }

// burnFor uses CPU in user and in kernel mode.
func burnFor(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		for range 1000 {
			_, _ = unix.Getrandom(make([]byte, 64), 0)
		}
	}
}

// startChild starts this binary in a role and waits until it is ready. It ends with the
// test.
func startChild(t *testing.T, role string, attr *syscall.SysProcAttr) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childRole+"="+role)
	return start(t, cmd, attr)
}

// start starts a program that prints a line when it is ready, and lives until its standard
// input ends, which the test's end does.
func start(t *testing.T, cmd *exec.Cmd, attr *syscall.SysProcAttr) *exec.Cmd {
	t.Helper()
	cmd.SysProcAttr, cmd.Stderr = attr, os.Stderr
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
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Process.Signal(unix.SIGCONT)
		_ = cmd.Wait()
	})
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatalf("%s said %q: %v", cmd, line, err)
	}
	return cmd
}

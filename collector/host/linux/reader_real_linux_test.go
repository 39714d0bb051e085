package linux_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/collector/host/linux"
	"proctree/collector/process"
)

// startChild starts a real process that waits until the test ends.
func startChild(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	child := exec.Command(name, args...)
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = child.Process.Kill()
		_ = child.Wait()
	})
	return child
}

func TestReadThisHost(t *testing.T) {
	child := startChild(t, "cat")
	got := read(t, newReader(t, linux.Config{Reader: process.ReaderProcfs}))
	self := got.ByPID(os.Getpid())
	if self == nil {
		t.Fatal("this process is not there")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wanted := process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasSwap | process.HasOpenFDs | process.HasFaults |
		process.HasSwitches | process.HasThreads | process.HasNice
	if !self.Known.Has(wanted) || self.PPID != os.Getppid() || self.Facts.Exe != exe || self.UID != uint32(os.Geteuid()) {
		t.Errorf("this process came as %+v with %+v", self, self.Facts)
	}
	if self.ResidentBytes < 1<<20 || self.VirtualBytes < self.ResidentBytes || self.Threads < 2 || self.OpenFDs < 3 {
		t.Errorf("resident %d, virtual %d, threads %d, descriptors %d", self.ResidentBytes, self.VirtualBytes, self.Threads, self.OpenFDs)
	}
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || self.Facts.FDLimit != limit.Cur {
		t.Errorf("descriptor limit %d, want %d (%v)", self.Facts.FDLimit, limit.Cur, err)
	}
	cat := got.ByPID(child.Process.Pid)
	if cat == nil || cat.PPID != os.Getpid() || cat.Threads != 1 {
		t.Fatalf("the child came as %+v", cat)
	}
	if started := time.Since(got.StartTime(cat)); started < 0 || started > time.Minute {
		t.Errorf("the child started %v ago", started)
	}
	if init := got.ByPID(1); init == nil || init.PPID != 0 {
		t.Errorf("PID 1 came as %+v", init)
	}
	checkSystem(t, got.System)
}

func checkSystem(t *testing.T, s process.System) {
	t.Helper()
	if s.CPUs < 1 || s.CPUs > 4*runtime.NumCPU()+64 || s.Forks == 0 || s.PIDLimit < 300 || s.CPUBusy <= 0 || s.CPUIdle <= 0 {
		t.Errorf("system: %+v", s)
	}
	if s.MemoryTotalBytes < 1<<24 || s.MemoryAvailableBytes == nil || *s.MemoryAvailableBytes > s.MemoryTotalBytes {
		t.Errorf("memory: %d of %d bytes available", *s.MemoryAvailableBytes, s.MemoryTotalBytes)
	}
}

func TestReadCPUTimeOfAProcessThatBurnsIt(t *testing.T) {
	child := exec.Command("sh", "-c", "while :; do :; done")
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = child.Process.Kill(); _ = child.Wait() }()
	reader := newReader(t, linux.Config{Reader: process.ReaderProcfs})
	began := read(t, reader).ByPID(child.Process.Pid)
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if now := read(t, reader).ByPID(child.Process.Pid); now.CPUTime() > began.CPUTime()+30*time.Millisecond {
			return
		}
	}
	t.Error("its CPU time does not grow")
}

func TestReadSeesExecAndZombie(t *testing.T) {
	child := exec.Command("sh", "-c", "read line; exec cat")
	stdin, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	reader := newReader(t, linux.Config{Reader: process.ReaderProcfs})
	before := read(t, reader).ByPID(child.Process.Pid)
	if before.Name != "sh" || !strings.Contains(strings.Join(before.Facts.Cmdline, " "), "exec cat") {
		t.Errorf("before exec: %q with %+v", before.Name, before.Facts)
	}
	if _, err := io.WriteString(stdin, "go\nsome text\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || line != "some text\n" {
		t.Fatalf("cat said %q, %v", line, err)
	}
	after := read(t, reader).ByPID(child.Process.Pid)
	if after.ID != before.ID || after.Name != "cat" || len(after.Facts.Cmdline) != 1 || after.Facts.Cmdline[0] != "cat" {
		t.Errorf("after exec: %q with %+v", after.Name, after.Facts)
	}
	_ = stdin.Close()
	_, _ = io.Copy(io.Discard, stdout)
	readUntil(t, reader, func(s *process.Snapshot) bool {
		p := s.ByPID(child.Process.Pid)
		return p != nil && p.State == process.Zombie && p.Known.Has(process.HasMemory) && p.ResidentBytes == 0
	})
	_ = child.Wait()
	if p := read(t, reader).ByID(before.ID); p != nil {
		t.Errorf("after it was waited for: %+v", p)
	}
}

func TestReadWhileProcessesComeAndGo(t *testing.T) {
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				_ = exec.Command("true").Run()
			}
		}
	}()
	reader := newReader(t, linux.Config{Reader: process.ReaderProcfs})
	for range 10 {
		got := read(t, reader)
		for reason, n := range got.Errors {
			if reason != process.ReasonPermission {
				t.Errorf("%d errors for the reason %q", n, reason)
			}
		}
	}
	close(stop)
	<-done
}

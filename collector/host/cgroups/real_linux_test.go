package cgroups

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestRealThrottling burns CPU under a quota that the kernel enforces.
func TestRealThrottling(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Skipf("NOT TESTED on the real kernel: %v", err)
	}
	const name = "proctree-test-throttling"
	dir := filepath.Join(r.layout.cpu, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf("NOT TESTED on the real kernel, which lets nobody make control groups here: %v", err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	quota := "1000"
	if r.layout.quota == "cpu.max" {
		quota = "1000 100000"
	}
	if err := os.WriteFile(filepath.Join(dir, r.layout.quota), []byte(quota), 0o600); err != nil {
		t.Skipf("NOT TESTED on the real kernel, which takes no quota here: %v", err)
	}
	burner := exec.CommandContext(t.Context(), "sh", "-c", "while :; do :; done")
	burner.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := burner.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = burner.Process.Kill()
		_ = burner.Wait()
		// The kernel takes a moment to see that the group is empty.
		for range 100 {
			if os.Remove(dir) == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(burner.Process.Pid)), 0o600); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		u := r.Read(time.Now(), []string{"/" + name})["/"+name]
		if u.CPU != nil && u.CPU.ThrottledPeriods > 0 && u.CPU.Throttled > 0 && u.CPU.Periods >= u.CPU.ThrottledPeriods {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("a loop under a quota of a hundredth of a CPU is not throttled: %+v", u.CPU)
		}
	}
}

package cgroups

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"proctree/collector/process"
)

// within runs a shell command in a control group of the real kernel that has one limit: file
// is the limit's and value what it says, hierarchy where groups of its controller are made. It
// returns a Reader and the path of the group.
func within(t *testing.T, command string, limit func(layout) (hierarchy, file, value string)) (*Reader, string) {
	t.Helper()
	r, err := New(Config{})
	if err != nil {
		t.Skipf("NOT TESTED on the real kernel: %v", err)
	}
	hierarchy, file, value := limit(r.layout)
	if hierarchy == "" {
		t.Skip("NOT TESTED on the real kernel, which has no such controller here")
	}
	name := "proctree-" + t.Name()
	dir := filepath.Join(hierarchy, name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skipf("NOT TESTED on the real kernel, which lets nobody make control groups here: %v", err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := os.WriteFile(filepath.Join(dir, file), []byte(value), 0o600); err != nil {
		t.Skipf("NOT TESTED on the real kernel, which takes no limit here: %v", err)
	}
	// It waits to be moved, for what it does before counts elsewhere.
	program := exec.CommandContext(t.Context(), "sh", "-c", "read go; "+command)
	program.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	input, err := program.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
		// The kernel takes a moment to see that the group is empty.
		for range 100 {
			if os.Remove(dir) == nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "cgroup.procs"), []byte(strconv.Itoa(program.Process.Pid)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := input.Write([]byte("go\n")); err != nil {
		t.Fatal(err)
	}
	return r, "/" + name
}

// eventually waits until a reading is as wanted.
func eventually(t *testing.T, r *Reader, path, what string, right func(process.CgroupUsage) bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		usage, err := r.Read(time.Now(), processesIn(path))
		if err != nil {
			t.Fatal(err)
		}
		u := usage[path]
		if right(u) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: CPU %+v, memory %+v", what, u.CPU, u.Memory)
		}
	}
}

// TestRealThrottling uses CPU time under a quota that the kernel enforces.
func TestRealThrottling(t *testing.T) {
	r, path := within(t, "while :; do :; done", func(l layout) (hierarchy, file, value string) {
		if l.quota == "cpu.max" {
			return l.cpu, l.quota, "1000 100000"
		}
		return l.cpu, l.quota, "1000"
	})
	eventually(t, r, path, "a loop under a quota of a hundredth of a CPU is not throttled", func(u process.CgroupUsage) bool {
		return u.CPU != nil && u.CPU.ThrottledPeriods > 0 && u.CPU.Throttled > 0 && u.CPU.Periods >= u.CPU.ThrottledPeriods
	})
}

// TestRealMemory fills a part of a limit that the kernel enforces.
func TestRealMemory(t *testing.T) {
	const limit, used = 32 << 20, 4 << 20
	// A shell keeps what it reads into a variable: 4 MiB of it.
	command := "x=$(head -c " + strconv.Itoa(used) + " /dev/zero | tr '\\0' x); read stop"
	r, path := within(t, command, func(l layout) (hierarchy, file, value string) {
		return l.memory, l.limit, strconv.Itoa(limit)
	})
	eventually(t, r, path, "4 MiB below a limit of 32 MiB are not seen", func(u process.CgroupUsage) bool {
		return u.Memory != nil && u.Memory.LimitBytes == limit && u.Memory.UsedBytes >= used && u.Memory.UsedBytes < limit
	})
}

// TestRealPressure has more loops than there are CPUs wait for each other.
func TestRealPressure(t *testing.T) {
	pressure, err := NewPressure(Config{PressureEvery: time.Nanosecond})
	if err != nil {
		t.Skipf("NOT TESTED on the real kernel: %v", err)
	}
	command := "i=0; while [ $i -le " + strconv.Itoa(2*runtime.NumCPU()) + " ]; do (while [ $PPID != 1 ] && kill -0 $$; do :; done) & i=$((i+1)); done; wait"
	_, path := within(t, command, func(layout) (hierarchy, file, value string) { return pressure.root, "cgroup.pressure", "1" })
	unit := []*process.Process{{Facts: &process.Facts{Cgroup: path, Unit: filepath.Base(path)}}}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		got, err := pressure.Read(time.Now(), unit)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 1 && got[0].CPU.Some != nil && *got[0].CPU.Some > 0 {
			return
		}
		if _, err := os.Stat(filepath.Join(pressure.root, path, "cpu.pressure")); err != nil {
			t.Skipf("NOT TESTED on the real kernel, which counts no pressure: %v", err)
		}
		if time.Now().After(deadline) {
			t.Fatalf("the loops do not wait: %+v", got)
		}
	}
}

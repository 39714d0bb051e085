//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// cpuTime returns the CPU time that a process has used so far, all its threads, also
// those that have ended, to the nanosecond. It is the clock that clock_getcpuclockid(3)
// names: the complement of the PID above three bits, of which 2 is CPUCLOCK_SCHED.
func cpuTime(pid int) (time.Duration, error) {
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|2, &t); err != nil {
		return 0, fmt.Errorf("CPU clock of process %d: %w", pid, err)
	}
	return time.Duration(t.Nano()), nil
}

// memory is what a process holds, in bytes.
type memory struct{ resident, peak uint64 }

// memoryOf reads VmRSS and VmHWM (proc_pid_status(5)).
func memoryOf(pid int) (memory, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	var m memory
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		kilobytes, _ := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			m.resident = kilobytes << 10
		case "VmHWM":
			m.peak = kilobytes << 10
		}
	}
	return m, nil
}

// readCalls returns how many read system calls a process has made (proc_pid_io(5), syscr).
func readCalls(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/io", pid))
	if err != nil {
		return 0, fmt.Errorf("reads of process %d: %w", pid, err)
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "syscr: "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("reads of process %d: no syscr", pid)
}

// machineCPU returns what all tasks of the machine have used together, and how exact it
// is. The root of the cpuacct hierarchy adds up run times in nanoseconds; where version 1
// of cgroups is not mounted, /proc/stat tells what the timer tick happened to see.
func machineCPU() (time.Duration, string, error) {
	for _, path := range []string{"/sys/fs/cgroup/cpuacct/cpuacct.usage", "/sys/fs/cgroup/cpu,cpuacct/cpuacct.usage"} {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		ns, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
		if err != nil {
			return 0, "", fmt.Errorf("parse %s: %w", path, err)
		}
		return time.Duration(ns), "cpuacct.usage of the root cgroup, exact", nil
	}
	busy, _, err := machineTicks()
	return busy, "/proc/stat, sampled by the timer tick", err
}

// machineTicks returns how long the CPUs were busy and idle since boot (proc_stat(5)).
func machineTicks() (busy, idle time.Duration, err error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0, fmt.Errorf("machine's CPU time: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	const tick = time.Second / 100 // USER_HZ
	for i, field := range strings.Fields(line)[1:] {
		ticks, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("parse /proc/stat: %w", err)
		}
		switch i {
		case 3, 4: // idle, iowait
			idle += time.Duration(ticks) * tick
		case 0, 1, 2, 5, 6: // user, nice, system, irq, softirq
			busy += time.Duration(ticks) * tick
		}
	}
	return busy, idle, nil
}

package cgroups

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// errNone is returned where there are no control groups.
var errNone = errors.New("no control groups")

// layout is where a version of control groups has what.
type layout struct {
	// cpu and memory are the folders of the hierarchies; empty if there is none.
	cpu, memory string
	// quota and limit hold what the group may use, usage what it does use.
	quota, limit, usage string
	// inactive is a key of memory.stat, throttled one of cpu.stat in units of unit.
	inactive, throttled string
	unit                time.Duration
}

// unified is version 2, described in cgroup-v2.rst of the kernel.
func unified(root string) layout {
	return layout{
		cpu: root, memory: root,
		quota: "cpu.max", limit: "memory.max", usage: "memory.current",
		inactive: "inactive_file", throttled: "throttled_usec", unit: time.Microsecond,
	}
}

// separate is version 1, described in sched-bwc.rst and memory.rst of the kernel.
func separate(cpu, memory string) layout {
	return layout{
		cpu: cpu, memory: memory,
		quota: "cpu.cfs_quota_us", limit: "memory.limit_in_bytes", usage: "memory.usage_in_bytes",
		inactive: "total_inactive_file", throttled: "throttled_time", unit: time.Nanosecond,
	}
}

// detect finds out which version the host has. Where both are mounted, the controllers are
// those of version 1.
func detect(sys string) (layout, error) {
	root := filepath.Join(sys, "fs", "cgroup")
	if isThere(filepath.Join(root, "cgroup.controllers")) {
		return unified(root), nil
	}
	cpu, memory := filepath.Join(root, "cpu"), filepath.Join(root, "memory")
	if !isThere(cpu) {
		cpu = ""
	}
	if !isThere(memory) {
		memory = ""
	}
	if cpu == "" && memory == "" {
		return layout{}, fmt.Errorf("%s: %w", root, errNone)
	}
	return separate(cpu, memory), nil
}

func isThere(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFIFOsHoldUpNobody puts a FIFO in the place of each folder of a host. Opening one waits
// for somebody who writes, so neither a start nor a scan may open it.
func TestFIFOsHoldUpNobody(t *testing.T) {
	h := newDamagedHost(t, time.Hour)
	whole := h.scrape(t)
	seen := map[string]bool{}
	for _, file := range h.files {
		for folder := filepath.Dir(file); folder != "."; folder = filepath.Dir(folder) {
			kind := digits.ReplaceAllString(folder, "N")
			if seen[kind] || mounts.MatchString(folder) {
				continue
			}
			seen[kind] = true
			path := filepath.Join(h.root, folder)
			must(t, os.Rename(path, path+"-aside"))
			must(t, unix.Mkfifo(path, 0o600))
			for series, value := range h.scrape(t) {
				if was := whole[series]; value == 0 && was != 0 && !ofTable.MatchString(series) && !ofSums.MatchString(series) && !counts.MatchString(series) &&
					!verdicts.MatchString(series) {
					t.Errorf("%s: %s is 0 and was %v", folder, series, was)
				}
			}
			must(t, os.Remove(path))
			must(t, os.Rename(path+"-aside", path))
		}
	}
}

// mounts are the folders that have to be there at the start.
var mounts = regexp.MustCompile(`^(proc|sys|textfiles)$`)

// TestStartWithFIFOs starts on a host of which much is a FIFO, and checks its configuration.
func TestStartWithFIFOs(t *testing.T) {
	for _, at := range []string{
		"proc/1/mountinfo", "proc/2/comm", "proc/self", "proc/sys", "proc/sys/kernel", "proc/pressure", "proc/stat", "proc/uptime", "proc/meminfo",
		"proc/101", "proc/101/fd", "etc", "etc/passwd", "etc/os-release", "etc/hostname", "etc/machine-id", "var", "var/log", "var/log/pods", "var/log/containers",
		"textfiles", "sys/fs", "sys/fs/cgroup", "sys/fs/cgroup/cgroup.controllers", "sys/class", "sys/block", "sys/devices", "run/udev/data", "dev/dri",
	} {
		t.Run(at, func(t *testing.T) {
			h := writeDamagedHost(t)
			path := filepath.Join(h.root, at)
			must(t, os.RemoveAll(path))
			must(t, os.MkdirAll(filepath.Dir(path), 0o700))
			must(t, unix.Mkfifo(path, 0o600))
			h.handler = h.start(t, time.Hour)
			h.scrape(t)
			h.checkTree(t)
		})
	}
}

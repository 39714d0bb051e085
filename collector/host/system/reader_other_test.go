//go:build !linux

package system

import (
	"testing"
	"time"
)

// TestThisHost reads everything that gopsutil knows of the host on which the test runs.
func TestThisHost(t *testing.T) {
	r, check := thisHost(t)
	cpus, err := r.CPUs()
	check("CPUs", err, err == nil && len(cpus.CPUs) > 0 && cpus.CPUs[0].Modes[2].Seconds > 0)
	memory, err := r.Memory()
	check("memory", err, err == nil && memory[0].Name == "MemTotal" && memory[0].Value > 1<<20)
	_, err = r.Disks()
	check("disks", err, true)
	devices, err := r.NetworkDevices()
	check("network devices", err, len(devices) > 0)
	filesystems, err := r.Filesystems()
	check("filesystems", err, len(filesystems) > 0 && filesystems[0].MountPoint != "")
	kernel, err := r.Kernel()
	check("kernel", err, err == nil && kernel.BootTime.Before(time.Now()) && kernel.BootTime.Year() > 2020)
	uname, err := r.Uname()
	check("uname", err, uname.Sysname != "" && uname.Nodename != "" && uname.Version != "")
	release, err := r.OS()
	check("os", err, err == nil && release.Name != "")
	clock, err := r.Clock()
	check("clock", err, err == nil && time.Since(clock.Now) < time.Minute)
}

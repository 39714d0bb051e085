//go:build !linux

package portable

import (
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/host"

	"proctree/collector/process"
)

// ReadInfo reads what it can about the host.
func ReadInfo() process.HostInfo {
	info := process.HostInfo{Platform: runtime.GOOS, Arch: runtime.GOARCH}
	info.Name, _ = os.Hostname()
	info.CPUs, _ = cpu.Counts(true)
	if found, err := host.Info(); err == nil {
		info.OS = strings.TrimSpace(found.Platform + " " + found.PlatformVersion)
		info.Kernel = found.KernelVersion
		info.BootTime = time.Unix(int64(found.BootTime), 0)
	}
	return info
}

package linux

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"

	"golang.org/x/sys/unix"

	"proctree/collector/process"
)

// ReadInfo reads what it can about the host.
func ReadInfo(cfg Config) process.HostInfo {
	cfg = cfg.WithDefaults()
	info := process.HostInfo{
		OS:       osName(cfg.RootPath),
		Platform: runtime.GOOS,
		Arch:     runtime.GOARCH,
	}
	info.Name = hostName(cfg.RootPath)
	var names unix.Utsname
	if unix.Uname(&names) == nil {
		info.Kernel = unix.ByteSliceToString(names.Release[:])
	}
	if text, err := procfile.Read(filepath.Join(cfg.ProcPath, "stat")); err == nil {
		if stat := procfile.ParseStat(string(text), 0, new(procfile.Damage)); !stat.Partial {
			info.CPUs = len(stat.CPUs)
		}
	}
	if proc, err := procfs.Open(cfg.ProcPath); err == nil {
		if clock, err := procfs.NewBootClock(proc).Clock(); err == nil {
			info.BootTime = clock.Epoch
		}
		_ = proc.Close()
	}
	return info
}

// hostName is the host's name. In a container that has the host's root file system
// mounted, the container's own name is not the host's.
func hostName(root string) string {
	if filepath.Clean(root) != "/" {
		if text, err := procfile.ReadText(filepath.Join(root, "etc/hostname")); err == nil && text != "" {
			return text
		}
	}
	name, _ := os.Hostname() // Unknown is empty.
	return name
}

// osName is PRETTY_NAME of os-release(5).
func osName(root string) string {
	for _, path := range []string{"etc/os-release", "usr/lib/os-release"} {
		content, err := procfile.Read(filepath.Join(root, path))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(content)) {
			if value, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
				return unquote(strings.TrimSpace(value))
			}
		}
	}
	return ""
}

// unquote takes the quotes of a shell off a simple value.
func unquote(value string) string {
	if plain, err := strconv.Unquote(value); err == nil {
		return plain
	}
	return strings.Trim(value, "'\"")
}

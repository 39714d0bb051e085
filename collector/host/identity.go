package host

import (
	"os"
	"path/filepath"
	"strings"
)

// Identity is what names a host and its kernel; an empty field is not known.
type Identity struct {
	// Name is the host's name.
	Name string
	// Kernel is the release of the kernel, as uname -r prints it. Linux only.
	Kernel string
}

// Identify reads the identity of the host that cfg says. In a container that has the
// host's root file system mounted, the container's own name is not the host's.
func Identify(cfg Config) Identity {
	cfg = cfg.withDefaults()
	id := Identity{Kernel: firstLine(filepath.Join(cfg.ProcPath, "sys/kernel/osrelease"))}
	if filepath.Clean(cfg.RootPath) != "/" {
		id.Name = firstLine(filepath.Join(cfg.RootPath, "etc/hostname"))
	}
	if id.Name == "" {
		id.Name, _ = os.Hostname() // Unknown is empty.
	}
	return id
}

// firstLine returns the first line of a small file, "" if it cannot be read.
func firstLine(path string) string {
	data, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	line, _, _ := strings.Cut(string(data), "\n")
	return strings.TrimSpace(line)
}

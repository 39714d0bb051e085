package system

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// Filesystems implements Reader from the mounts of PID 1, which are the host's also for an
// exporter in a container; where they may not be read, from those of the exporter.
func (r *reader) Filesystems() ([]Filesystem, error) {
	mounts, err := r.proc.GetProcMounts(1)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		mounts, err = r.proc.GetMounts()
	}
	if err != nil {
		return nil, fmt.Errorf("read mounts: %w", err)
	}
	filesystems := r.filesystemsOf(mounts)
	paths := make([]string, len(filesystems))
	for i := range filesystems {
		paths[i] = filepath.Join(r.cfg.RootFS, filesystems[i].MountPoint)
	}
	askUsage(&r.mounts, filesystems, paths)
	return filesystems, nil
}

// filesystemsOf returns the mounts that are allowed, each once: a device can be mounted
// twice at one place.
func (r *reader) filesystemsOf(mounts []*procfs.MountInfo) []Filesystem {
	type key struct{ device, mountPoint, fsType string }
	seen := make(map[key]bool, len(mounts))
	filesystems := make([]Filesystem, 0, len(mounts))
	for _, m := range mounts {
		f := Filesystem{
			Device:     unescape(m.Source),
			MountPoint: r.stripRoot(unescape(m.MountPoint)),
			Type:       m.FSType,
			ReadOnly:   readOnly(m),
		}
		f.Major, f.Minor, _ = strings.Cut(m.MajorMinorVer, ":")
		at := key{f.Device, f.MountPoint, f.Type}
		if seen[at] || !r.cfg.MountPoints.Allows(f.MountPoint) || !r.cfg.FSTypes.Allows(f.Type) {
			continue
		}
		seen[at] = true
		filesystems = append(filesystems, f)
	}
	return filesystems
}

// stripRoot returns a mount point as the host knows it.
func (r *reader) stripRoot(path string) string {
	rest, ok := strings.CutPrefix(path, strings.TrimSuffix(r.cfg.RootFS, "/"))
	switch {
	case rest == "":
		return "/"
	case !ok || rest[0] != '/':
		return path
	}
	return rest
}

func readOnly(m *procfs.MountInfo) bool {
	_, mount := m.Options["ro"]
	_, super := m.SuperOptions["ro"]
	_, emergency := m.SuperOptions["emergency_ro"]
	return mount || super || emergency
}

// unescape undoes what the kernel does to white space and backslashes in a path, which it
// writes as three octal digits (proc_pid_mountinfo(5)).
func unescape(s string) string {
	before, rest, ok := strings.Cut(s, `\`)
	if !ok {
		return s
	}
	var b strings.Builder
	for ; ok; before, rest, ok = strings.Cut(rest, `\`) {
		b.WriteString(before)
		c, err := strconv.ParseUint(rest[:min(3, len(rest))], 8, 8)
		if len(rest) < 3 || err != nil {
			b.WriteByte('\\')
			continue
		}
		b.WriteByte(byte(c))
		rest = rest[3:]
	}
	b.WriteString(before)
	return b.String()
}

// statfs asks the kernel how full the filesystem at path is (statfs(2)).
func statfs(path string) (Usage, error) {
	var s unix.Statfs_t
	for {
		err := unix.Statfs(path, &s)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return Usage{}, err
		}
	}
	block := uint64(s.Frsize)
	if block == 0 {
		block = uint64(s.Bsize)
	}
	return Usage{
		SizeBytes:      s.Blocks * block,
		FreeBytes:      s.Bfree * block,
		AvailableBytes: s.Bavail * block,
		Inodes:         &Inodes{Total: s.Files, Free: s.Ffree},
	}, nil
}

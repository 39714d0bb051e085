package system

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"proctree/collector/host/procfile"

	"golang.org/x/sys/unix"
)

// Filesystems implements Reader from the mounts of PID 1, which are the host's also for an
// exporter in a container; where they cannot be read, from those of the exporter.
func (r *reader) Filesystems() ([]Filesystem, error) {
	var d Damage
	var mounts []mount
	d.Part(func() error {
		text, err := readFile(r.procPath("1/mountinfo"))
		if err != nil {
			if !procfile.IsAbsent(err) && !errors.Is(err, fs.ErrPermission) {
				d.Lost(mountinfoFile, "cannot be read")
			}
			own, ownErr := readFile(r.procPath("self/mountinfo"))
			// Without mounts of its own either, what was wrong with the first counts.
			if ownErr == nil || !procfile.IsAbsent(ownErr) {
				text, err = own, ownErr
			}
		}
		if err == nil {
			mounts = parseMountinfo(string(text), &d)
		}
		return err
	})
	filesystems := r.filesystemsOf(mounts)
	paths := make([]string, len(filesystems))
	for i := range filesystems {
		paths[i] = filepath.Join(r.cfg.RootFS, filesystems[i].MountPoint)
	}
	askUsage(&r.mounts, filesystems, paths)
	return filesystems, d.Err()
}

// filesystemsOf returns the mounts that are allowed, each once: a device can be mounted
// twice at one place.
func (r *reader) filesystemsOf(mounts []mount) []Filesystem {
	type key struct{ device, mountPoint, fsType string }
	seen := make(map[key]bool, len(mounts))
	// The numbers are shown without the type.
	numbered := make(map[key]bool, len(mounts))
	filesystems := make([]Filesystem, 0, len(mounts))
	for i := range mounts {
		m := &mounts[i]
		f := Filesystem{
			Device:     unescape(m.source),
			MountPoint: r.stripRoot(unescape(m.mountPoint)),
			Type:       m.fsType,
			ReadOnly:   m.readOnly,
		}
		at := key{f.Device, f.MountPoint, f.Type}
		if seen[at] || !r.cfg.MountPoints.Allows(f.MountPoint) || !r.cfg.FSTypes.Allows(f.Type) {
			continue
		}
		seen[at] = true
		if at.fsType = ""; !numbered[at] {
			f.Major, f.Minor = m.major, m.minor
			numbered[at] = true
		}
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

package facts

import (
	"io/fs"
	"path/filepath"
	"syscall"
)

// cgroupRoot is where the unified hierarchy is mounted (cgroups(7)).
const cgroupRoot = "/sys/fs/cgroup"

// WalkCgroups hands over what the path of each control group tells, and its id, which is the inode of its
// directory. It visits at most so many.
func WalkCgroups(most int, see func(id uint64, group Group)) {
	n := 0
	_ = filepath.WalkDir(cgroupRoot, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil //nolint:nilerr // a group that vanishes meanwhile has no name
		}
		if n++; n > most {
			return filepath.SkipAll
		}
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // see above
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			found := Group{Path: "/" + path[min(len(path), len(cgroupRoot)+1):]}
			found.ReadPath(found.Path)
			see(stat.Ino, found)
		}
		return nil
	})
}

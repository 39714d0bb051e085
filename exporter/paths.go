package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// checkPaths finds out whether the file systems of the host are where the flags say. Only
// Linux has them; elsewhere the flags mean nothing.
func (s *settings) checkPaths() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	for _, mount := range []struct {
		flag, path string
		// has are files by which it is known.
		has []string
	}{
		{"path.procfs", s.procPath, []string{"stat", "uptime"}},
		{"path.sysfs", s.system.sysPath, nil},
		{"path.rootfs", s.rootPath, nil},
	} {
		if info, err := os.Stat(mount.path); err != nil {
			return fmt.Errorf("--%s: %w", mount.flag, err)
		} else if !info.IsDir() {
			return fmt.Errorf("--%s: %s is not a directory", mount.flag, mount.path)
		}
		for _, name := range mount.has {
			if _, err := os.Stat(filepath.Join(mount.path, name)); err != nil {
				return fmt.Errorf("--%s: %s is not a proc file system: %w", mount.flag, mount.path, err)
			}
		}
	}
	return nil
}

// Package stalltest makes mounts that never answer, for the tests of whatever reads mounts.
package stalltest

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// Mount mounts a FUSE filesystem whose daemon never answers, as a network mount whose
// server is gone, returns where, and takes it away when the test ends. Without the rights
// for that it skips the test.
func Mount(tb testing.TB) string {
	tb.Helper()
	dir := tb.TempDir()
	fuse, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err == nil {
		err = unix.Mount("stuck", dir, "fuse", 0, fmt.Sprintf("fd=%d,rootmode=40000,user_id=0,group_id=0", fuse.Fd()))
	}
	if err != nil {
		tb.Skipf("SKIPPED: no stuck mount could be made (root and /dev/fuse are needed): %v", err)
	}
	tb.Cleanup(func() {
		// To close the device ends the questions under way.
		if err := errors.Join(fuse.Close(), unix.Unmount(dir, unix.MNT_DETACH)); err != nil {
			tb.Error(err)
		}
	})
	return dir
}

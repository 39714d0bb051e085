package hosttest

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// SmallMemoryGroup makes a control group of so many bytes in which processes run out of memory, or skips the
// test.
func SmallMemoryGroup(tb testing.TB, bytes int) (dir string) {
	tb.Helper()
	swaps, err := os.ReadFile("/proc/swaps")
	if err != nil || strings.Count(string(swaps), "\n") > 1 {
		tb.Skip("SKIPPED: with swap no process runs out of memory soon")
	}
	var reasons []error
	for _, version := range []struct{ root, limit string }{
		{"/sys/fs/cgroup", "memory.max"}, {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
	} {
		dir := filepath.Join(version.root, "proctree-test-"+strconv.Itoa(os.Getpid()))
		if err := os.Mkdir(dir, 0o755); err != nil {
			reasons = append(reasons, err)
			continue
		}
		tb.Cleanup(func() { removeGroup(tb, dir) })
		// Not made if it is not there: then the directory is no control group.
		file, err := os.OpenFile(filepath.Join(dir, version.limit), os.O_WRONLY, 0)
		if err == nil {
			_, err = file.WriteString(strconv.Itoa(bytes))
			err = errors.Join(err, file.Close())
		}
		if err == nil {
			return dir
		}
		reasons = append(reasons, err)
	}
	tb.Skipf("SKIPPED: no control group with a limit of memory can be made: %v", errors.Join(reasons...))
	return ""
}

// removeGroup waits until the processes of a group have ended.
func removeGroup(tb testing.TB, dir string) {
	tb.Helper()
	var err error
	for range 1000 {
		if err = os.Remove(dir); err == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	tb.Errorf("remove the control group: %v", err)
}

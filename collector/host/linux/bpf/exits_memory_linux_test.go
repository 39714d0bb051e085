package bpf

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A process that the kernel ends because its control group is out of memory is told from
// one that somebody killed.
func TestExitsTellWhoRanOutOfMemory(t *testing.T) {
	exits := exitsOrSkip(t, LoadExits)
	group := smallMemoryGroup(t)
	tail, err := exec.LookPath("tail")
	if err != nil {
		t.Skip("SKIPPED: no program at hand that takes all memory")
	}
	const comm = "eats-memory"
	path := filepath.Join(t.TempDir(), comm)
	if err := os.Symlink(tail, path); err != nil {
		t.Fatal(err)
	}
	pass(t, exits)
	var how []uint32
	eventually(t, "an exit", func() bool {
		// A file of zeros is one line without an end. Its own limit ends it should that of the
		// group not.
		const script = `ulimit -v 1000000 && echo $$ > "$1/cgroup.procs" && exec "$0" /dev/zero`
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script, path, group)
		_ = cmd.Run()
		err := errors.Join(exits.turn(), exits.Drain(func(*EndedKey, *Ended) {}, func(k *SumKey, _ *Sum) {
			if name(k.Comm) == comm {
				how = append(how, k.How)
			}
		}))
		return err != nil || len(how) > 0
	})
	if len(how) == 0 || how[0] != EndedForMemory {
		t.Errorf("ended %v, want %d", how, EndedForMemory)
	}
}

// smallMemoryGroup makes a control group of a few MiB, or skips the test.
func smallMemoryGroup(t *testing.T) (dir string) {
	t.Helper()
	const limit = "16777216"
	swaps, err := os.ReadFile("/proc/swaps")
	if err != nil || strings.Count(string(swaps), "\n") > 1 {
		t.Skip("SKIPPED: with swap no process runs out of memory soon")
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
		t.Cleanup(func() {
			eventually(t, "the removal of "+dir, func() bool { return os.Remove(dir) == nil })
		})
		// Not made if it is not there: then the directory is no control group.
		file, err := os.OpenFile(filepath.Join(dir, version.limit), os.O_WRONLY, 0)
		if err == nil {
			_, err = file.WriteString(limit)
			err = errors.Join(err, file.Close())
		}
		if err == nil {
			return dir
		}
		reasons = append(reasons, err)
	}
	t.Skipf("SKIPPED: no control group with a limit of memory can be made: %v", errors.Join(reasons...))
	return ""
}

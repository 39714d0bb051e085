package bpf

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"proctree/collector/host/hosttest"
)

// A process that the kernel ends because its control group is out of memory is told from
// one that somebody killed.
func TestExitsTellWhoRanOutOfMemory(t *testing.T) {
	exits := exitsOrSkip(t, LoadExits)
	group := hosttest.SmallMemoryGroup(t, 16<<20)
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

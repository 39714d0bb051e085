package bpf

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/hosttest"
)

// A process that the kernel ends because its control group is out of memory is told from
// one that somebody killed.
func TestExitsTellWhoRanOutOfMemory(t *testing.T) {
	exits := exitsOrSkip(t, LoadExits)
	group := hosttest.SmallMemoryGroup(t, 16<<20)
	eat := memoryEater(t, group)
	pass(t, exits)
	var how []uint32
	eventually(t, "an exit", func() bool {
		eat()
		err := errors.Join(exits.turn(), exits.Drain(func(*EndedKey, *Ended) {}, func(k *SumKey, _ *Sum) {
			if name(k.Comm) == eatsMemory {
				how = append(how, k.How)
			}
		}))
		return err != nil || len(how) > 0
	})
	if len(how) == 0 || how[0] != EndedForMemory {
		t.Errorf("ended %v, want %d", how, EndedForMemory)
	}
}

// TestEventsTellWhoRanOutOfMemory is the same for the event of the exit, which has the memory too.
func TestEventsTellWhoRanOutOfMemory(t *testing.T) {
	events := eventsOrSkip(t, 0)
	eat := memoryEater(t, hosttest.SmallMemoryGroup(t, 16<<20))
	all := map[uint32]*life{}
	var victim *life
	eventually(t, "the exit", func() bool {
		pid := eat()
		lives(t, events, all, 50*time.Millisecond)
		victim = all[uint32(pid)]
		return victim != nil && victim.exits > 0
	})
	if e := &victim.exit; e.E.Flags&EventOOM == 0 || e.Status != uint32(unix.SIGKILL) || e.Peak*uint64(os.Getpagesize()) < 8<<20 {
		t.Errorf("flags %#x, status %#x, peak %d pages", e.E.Flags, e.Status, e.Peak)
	}
}

const eatsMemory = "eats-memory"

// memoryEater returns a function that has a process take memory until it is killed, and returns its PID.
func memoryEater(t *testing.T, group string) func() (pid int) {
	t.Helper()
	tail, err := exec.LookPath("tail")
	if err != nil {
		t.Skip("SKIPPED: no program at hand that takes all memory")
	}
	path := filepath.Join(t.TempDir(), eatsMemory)
	if err := os.Symlink(tail, path); err != nil {
		t.Fatal(err)
	}
	return func() int {
		// A file of zeros is one line without an end. Its own limit ends it should that of the
		// group not.
		const script = `ulimit -v 1000000 && echo $$ > "$1/cgroup.procs" && exec "$0" /dev/zero`
		cmd := exec.CommandContext(t.Context(), "sh", "-c", script, path, group)
		_ = cmd.Run()
		return cmd.Process.Pid
	}
}

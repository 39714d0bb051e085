package linux_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/linux"
	"proctree/collector/process"
)

// tracked is a Reader whose snapshots a tracker follows.
type tracked struct {
	t       *testing.T
	reader  *linux.Reader
	tracker *group.Tracker
	lost    uint64
}

// trackExits tracks this host with exits from one source, or skips the test.
func trackExits(t *testing.T, source process.ExitSource) *tracked {
	t.Helper()
	reader, err := linux.Open(linux.Config{Exits: string(source)})
	if err != nil {
		t.Skipf("SKIPPED: exits cannot come from %s here: %v", source, err)
	}
	t.Cleanup(func() {
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	})
	return &tracked{t: t, reader: reader, tracker: group.NewTracker(group.Config{})}
}

func (k *tracked) scan() {
	k.t.Helper()
	s := read(k.t, k.reader)
	k.lost += s.ExitsLost
	k.tracker.Observe(s)
}

func (k *tracked) group(name string) group.Group {
	for _, g := range k.tracker.Report().Groups {
		if g.Name == name {
			return g
		}
	}
	return group.Group{Name: name}
}

// named returns a shell that runs a script under a name of its own.
func named(t *testing.T, name, script string) *exec.Cmd {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink("/bin/sh", path); err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), path, "-c", script)
}

// burn is a script of some 5 ms of CPU.
const burn = "i=0; while [ $i -lt 4000 ]; do i=$((i+1)); done"

func usedBy(cmd *exec.Cmd) time.Duration {
	return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// leastExits is the share of n exits that has to be seen. A hardened kernel that keeps the
// first process from everybody, root included, runs no BPF program while that one is on the
// CPU, be it in an interrupt that ends another: now and then an exit goes by unseen.
func leastExits(t *testing.T, n int) int {
	t.Helper()
	if _, err := os.Readlink("/proc/1/exe"); os.Geteuid() == 0 && errors.Is(err, fs.ErrPermission) {
		t.Log("SKIPPED: that no exit is missing, for this kernel hides some from BPF programs")
		return n - n/8
	}
	return n
}

// The CPU time of short-lived processes reaches the groups of their names, whichever their parents
// are, and nothing is counted twice: not by the last scan of a process and by its exit
// both.
func TestExitsReachTheirGroups(t *testing.T) {
	// The records of taskstats come before a process is torn down, and lack up to a tick.
	for source, share := range map[process.ExitSource]struct{ least, most float64 }{
		process.ExitsBPF: {0.99, 1.25}, process.ExitsTaskstats: {0.8, 1.25},
	} {
		t.Run(string(source), func(t *testing.T) {
			k := trackExits(t, source)
			k.scan()
			const rounds, names = 3, 8
			truth := make(map[string]time.Duration)
			for range rounds {
				for i := range names {
					short := named(t, fmt.Sprintf("test-short-%d", i), burn)
					if err := short.Run(); err != nil {
						t.Fatal(err)
					}
					truth[filepath.Base(short.Path)] += usedBy(short)
				}
				// Forked twice: the parent of the busy process is gone.
				if err := named(t, "test-orphan", "("+burn+") &").Run(); err != nil {
					t.Fatal(err)
				}
				k.scan()
			}
			least := leastExits(t, rounds*names)
			var sum group.Group
			var burned time.Duration
			for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
				k.scan()
				sum, burned = group.Group{}, 0
				for name, used := range truth {
					g := k.group(name)
					sum.Starts, sum.Exits, sum.ShortLived = sum.Starts+g.Starts, sum.Exits+g.Exits, sum.ShortLived+g.ShortLived
					sum.UserTime += g.UserTime + g.SystemTime
					burned += used
					if g.Exits > rounds || g.Starts > rounds || len(g.AbnormalExits) != 0 {
						t.Fatalf("%s: %d starts, %d exits, abnormal %v", name, g.Starts, g.Exits, g.AbnormalExits)
					}
				}
				if int(sum.Exits) >= least && k.group("test-orphan").Exits > rounds {
					break
				}
			}
			got := sum.UserTime.Seconds() / burned.Seconds()
			t.Logf("%d of %d exits and %.1f %% of %v reached their groups", sum.Exits, rounds*names, 100*got, burned)
			// wait4 does not see what a process uses while it is torn down.
			if int(sum.Exits) < least || got < share.least*float64(least)/(rounds*names) || got > share.most {
				t.Errorf("%d exits, want %d; share of CPU %.3f", sum.Exits, rounds*names, got)
			}
			orphans := k.group("test-orphan")
			if orphans.Exits > 2*rounds || orphans.UserTime+orphans.SystemTime < burned/names/4 {
				t.Errorf("orphans: %d exits of %d, %v", orphans.Exits, 2*rounds, orphans.UserTime+orphans.SystemTime)
			}
		})
	}
}

// What a process uses after the last scan that saw it is added to what that scan counted.
func TestExitsAddWhatTheLastScanDidNotSee(t *testing.T) {
	// What taskstats says lacks up to a clock tick.
	for source, least := range map[process.ExitSource]float64{process.ExitsBPF: 0.99, process.ExitsTaskstats: 0.5} {
		t.Run(string(source), func(t *testing.T) {
			k := trackExits(t, source)
			k.scan()
			const name = "test-long"
			runs := 0
			var used time.Duration
			var g group.Group
			for g.AbnormalExits["exit_code"].Count == 0 && runs < 5 {
				long := named(t, name, burn+"; echo; read _; "+burn+"; exit 3")
				stdin, stdout := pipes(t, long)
				if err := long.Start(); err != nil {
					t.Fatal(err)
				}
				if _, err := stdout.Read(make([]byte, 1)); err != nil {
					t.Fatal(err)
				}
				k.scan()
				_ = stdin.Close()
				_ = long.Wait()
				runs++
				used += usedBy(long)
				// A process is remembered for three scans, and on a busy machine a record takes a while.
				for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
					k.scan()
					if g = k.group(name); g.AbnormalExits["exit_code"].Count > 0 {
						break
					}
				}
			}
			share := (g.UserTime + g.SystemTime).Seconds() / used.Seconds()
			if share < least/float64(runs) || share > 1.25 || runs > 1 && leastExits(t, 8) == 8 {
				t.Errorf("share %.3f of %v after %d runs", share, used, runs)
			}
			if int(g.Starts) != runs || int(g.Exits) != runs || g.ShortLived != 0 {
				t.Errorf("%d starts, %d exits, %d short-lived; want %d, %d, none", g.Starts, g.Exits, g.ShortLived, runs, runs)
			}
		})
	}
}

func pipes(t *testing.T, cmd *exec.Cmd) (stdin, stdout *os.File) {
	t.Helper()
	childIn, stdin, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, childOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout = childIn, childOut
	t.Cleanup(func() {
		for _, f := range []*os.File{childIn, stdin, stdout, childOut} {
			_ = f.Close()
		}
	})
	return stdin, stdout
}

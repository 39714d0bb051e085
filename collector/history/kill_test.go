package history

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/go-kit/log"
)

// killDir is the variable that makes of a test a program which records until it is killed.
const killDir = "PROCTREE_TEST_RECORD_INTO"

// TestKilledWhileRecording kills a real process that records, at moments spread over its writing, and holds
// that each start succeeds and no table is wrong.
func TestKilledWhileRecording(t *testing.T) {
	if dir := os.Getenv(killDir); dir != "" {
		recordForEver(t, dir)
	}
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	const rounds = 12
	tables := 0
	for round := range rounds {
		child := exec.Command(executable, "-test.run=^TestKilledWhileRecording$")
		child.Env = append(os.Environ(), killDir+"="+dir)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		waitForSegments(t, dir, round+1)
		time.Sleep(time.Duration(round) * 1700 * time.Microsecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait()
	}
	archive := NewArchive(dir)
	spans, err := archive.Spans()
	if err != nil || len(spans) < rounds {
		t.Fatalf("%d segments after %d starts, %v", len(spans), rounds, err)
	}
	for i, span := range spans {
		if span.Err != nil || span.Damaged > 0 && i < len(spans)-1 {
			t.Errorf("%s: %d places cannot be read, %v", span.Path, span.Damaged, span.Err)
		}
		tables += span.Tables
		last := int(span.Last.Sub(start).Seconds())
		// The last ones were being written when the process was killed.
		for _, second := range []int{int(span.First.Sub(start).Seconds()), last - 1, last} {
			if at := start.Add(time.Duration(second) * time.Second); !at.Before(span.First) {
				checkAt(t, archive, at, second)
			}
		}
	}
	if tables < rounds {
		t.Errorf("%d tables in %d rounds", tables, rounds)
	}
}

// waitForSegments waits until so many segments have a table.
func waitForSegments(t *testing.T, dir string, n int) {
	t.Helper()
	for range 20_000 {
		files, err := listSegments(dir)
		if err == nil && len(files) >= n && files[len(files)-1].size > 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("no segment %d", n)
}

// recordForEver records a table after another, after those of earlier processes.
func recordForEver(t *testing.T, dir string) {
	t.Helper()
	first := 0
	if spans, err := NewArchive(dir).Spans(); err == nil && len(spans) > 0 {
		first = int(spans[len(spans)-1].Last.Sub(start).Seconds()) + 1
	}
	r, err := NewRecorder(Config{Dir: dir, Interval: time.Second, MaxBytes: DefaultMaxBytes, MaxAge: 100 * 365 * 24 * time.Hour}, log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	shown := showAll()
	for i := first; i < first+500_000; i++ {
		observe(t, r, report(snapshot(start.Add(time.Duration(i)*time.Second), i, 50), shown))
	}
	t.Fatal("nobody has killed the process")
}

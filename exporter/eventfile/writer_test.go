package eventfile

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/events"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
	"proctree/tree-api/redact"
)

// reader hands over batches of events, and ends the reading after the last.
type reader struct {
	batches [][]process.Event
	stop    context.CancelFunc
}

func (r *reader) Read(_ time.Duration, each func(*process.Event)) error {
	for i := range r.batches[0] {
		each(&r.batches[0][i])
	}
	if r.batches = r.batches[1:]; len(r.batches) == 0 {
		r.stop()
	}
	return nil
}

func (r *reader) Counts() (counted, lost [process.LossKinds]uint64, err error) {
	return counted, [process.LossKinds]uint64{process.EventFork: 3}, nil
}

func (r *reader) Close() error { return nil }

// logOf returns a log that has read events.
func logOf(tb testing.TB, list ...process.Event) *events.Log {
	tb.Helper()
	policy := &events.Policy{Rules: rulestest.Must(tb, "exclude: [{user: vault}]"), Shown: &rules.Shown{Cmdline: redact.New().Args}}
	ctx, stop := context.WithCancel(tb.Context())
	l := events.New(events.Config{Reader: &reader{[][]process.Event{list}, stop}, Policy: func() *events.Policy { return policy }})
	if err := l.Run(ctx); err != nil {
		tb.Fatal(err)
	}
	return l
}

func execOf(pid int, user string, args ...string) process.Event {
	return process.Event{
		Kind: process.EventExec, Time: time.Unix(1_800_000_000, 250e6), ID: process.ID{PID: pid, StartTicks: 5}, Parent: 1, Name: "tool",
		Facts: &process.Facts{User: user, Exe: "/bin/tool", Cmdline: args},
	}
}

func newWriter(tb testing.TB, path string, list ...process.Event) *Writer {
	tb.Helper()
	w, err := New(Config{Path: path, MaxBytes: 64 << 10, Log: logOf(tb, list...), Logger: log.NewNopLogger()})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(w.file.close)
	return w
}

func read(tb testing.TB, path string) string {
	tb.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func TestLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	exit := execOf(7, "ann", "tool")
	exit.Kind, exit.Ended, exit.Reason, exit.Code, exit.Age = process.EventExit, true, "exit_code", 3, 1500*time.Millisecond
	w := newWriter(t, path, execOf(7, "ann", "tool", "--password", "hunter2"), execOf(8, "vault", "hidden"), exit)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	w.Run(ctx)
	lines := strings.Split(strings.TrimSuffix(read(t, path), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	const want = `{"kind":"exec","time":1800000000.25,"id":"7-5","pid":7,"ppid":1,"name":"tool","user":"ann","group":"tool","exe":"/bin/tool","cmdline":["tool","--password","***"]}`
	if lines[0] != want {
		t.Errorf("got  %s\nwant %s", lines[0], want)
	}
	if !strings.Contains(lines[1], `"reason":"exit_code","exit_code":3,"run_seconds":1.5`) || !strings.Contains(lines[2], `"lost":"fork","count":3`) {
		t.Errorf("%s\n%s", lines[1], lines[2])
	}
	if s := w.Stats(); s.Written != 3 || s.Bytes != int64(len(read(t, path))) {
		t.Errorf("%+v", s)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestSizeIsBounded writes more than fits: no line is torn, and only the last lines are kept.
func TestSizeIsBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	var list []process.Event
	for i := range 3000 {
		list = append(list, execOf(i+1, "ann", "tool", strconv.Itoa(i)))
	}
	w := newWriter(t, path, list...)
	w.file.half = 256 << 10
	w.writeNew()
	last := 0
	for _, name := range []string{path + earlier, path} {
		text := read(t, name)
		if len(text) > 256<<10 {
			t.Errorf("%s has %d bytes", name, len(text))
		}
		for line := range strings.Lines(text) {
			var e struct{ PID int }
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if e.PID != 0 && last != 0 && e.PID != last+1 {
				t.Errorf("PID %d follows %d", e.PID, last)
			}
			last = max(last, e.PID)
		}
	}
	if last != 3000 || w.Stats().Written != 3001 {
		t.Errorf("the last is %d; %+v", last, w.Stats())
	}
}

// TestFileIsWrittenAnew: programs that rotate logs rename or remove the file.
func TestFileIsWrittenAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "events.jsonl")
	f, err := openFile(path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	for i, change := range []func() error{
		func() error { return nil },
		func() error { return os.Rename(path, path+".old") },
		func() error { return os.Remove(path) },
		func() error { return os.Truncate(path, 0) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("line %d\n", i)
		if err := f.write([]byte(line)); err != nil || !strings.HasSuffix(read(t, path), line) {
			t.Errorf("%s is not in the file: %v", line, err)
		}
	}
}

func TestModeIsNarrowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("SKIPPED: there are no such modes on Windows")
	}
	path := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, []byte("before\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := openFile(path, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := f.write([]byte("after\n")); err != nil || read(t, path) != "before\nafter\n" {
		t.Errorf("%q, %v", read(t, path), err)
	}
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target")
	for _, link := range []string{"link", "other.1"} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Skipf("SKIPPED: no symbolic links here: %v", err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		filepath.Join(dir, "link"):            "is a symbolic link; give the path of a regular file",
		filepath.Join(dir, "other"):           "is a symbolic link; give the path of a regular file",
		filepath.Join(dir, "directory"):       "is not a regular file",
		filepath.Join(dir, "missing", "file"): "missing",
		dir + "/x/../y":                       "is not the path of a file; set",
		dir + "/":                             "is not the path of a file; set",
		os.DevNull:                            "is not a regular file",
	} {
		_, err := New(Config{Path: path, MaxBytes: 1 << 20})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("the target of a link was made")
	}
}

// TestLinkThatComesLater: somebody who may write to the directory puts a link there.
func TestLinkThatComesLater(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "events.jsonl"), filepath.Join(dir, "target")
	w := newWriter(t, path, execOf(1, "ann", "tool"))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, path); err != nil {
		t.Skipf("SKIPPED: no symbolic links here: %v", err)
	}
	var out bytes.Buffer
	w.cfg.Logger = log.NewLogfmtLogger(&out)
	w.writeNew()
	if _, err := os.Stat(target); err == nil {
		t.Error("it follows the link")
	}
	if s := w.Stats(); s.Dropped[droppedError] != 2 || s.Written != 0 || strings.Count(out.String(), "\n") != 1 || !strings.Contains(out.String(), "symbolic link") {
		t.Errorf("%+v, log %q", s, out.String())
	}
}

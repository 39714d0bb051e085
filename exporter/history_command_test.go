package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/exporter/archive"
	"proctree/tree-api/past/pasttest"
)

// historyCommand runs a command of the terminal on a directory.
func historyCommand(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = archive.Run(t.Context(), archive.Config{
		Program: program, Stdout: &out, Stderr: &errs, FlagError: namedFlagError, Serve: recordedTree, Now: time.Now,
	}, append([]string{"history"}, args...))
	return out.String(), errs.String(), err
}

// recordedSeconds is how many tables recordedDir has.
const recordedSeconds = 70

// recordedDir is the recording of a small host, on which a process starts each second. An exporter holds its
// lock. moments are the times of the tables.
func recordedDir(t *testing.T) (dir string, moments []time.Time) {
	t.Helper()
	recording := pasttest.New(t)
	tracker := group.NewTracker(group.Config{Shown: (&configuration{config: &config{}}).shown()})
	for second := range recordedSeconds {
		at := time.Hour + time.Duration(second)*time.Second
		report := tracker.Observe(hosttest.Snapshot(at,
			hosttest.Process(1, 0, "init", hosttest.CPU(time.Duration(second)*500*time.Millisecond, 0)),
			hosttest.Process(100+second, 1, fmt.Sprintf("job%d", second), hosttest.Cmdline("job", "--password=hunter2", "=1+1")),
		))
		recording.Add(t, report)
		moments = append(moments, report.Snapshot.Taken)
	}
	return recording.Dir, moments
}

// copied is the directory of a recording on another machine: the segments alone, to which nobody may write.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.Mkdir(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range segmentsOf(t, dir) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, filepath.Base(path)), data, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(to, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(to, 0o700) })
	return to
}

func segmentsOf(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.segment"))
	if err != nil || len(list) == 0 {
		t.Fatalf("segments: %v, %v", list, err)
	}
	return list
}

// TestHistoryCommands reads a recording that an exporter writes to, and a copy of it without the right to
// write.
func TestHistoryCommands(t *testing.T) {
	live, moments := recordedDir(t)
	for name, dir := range map[string]string{"live": live, "a copy": copied(t, live)} {
		t.Run(name, func(t *testing.T) {
			before := listing(t, dir)
			list, _, err := historyCommand(t, "list", "--segments", dir)
			if err != nil || !strings.Contains(list, "tables: 70, segments: 1,") || !strings.Contains(list, "0000000001.segment  ") {
				t.Errorf("list: %v\n%s", err, list)
			}
			verified, _, err := historyCommand(t, "verify", dir)
			if err != nil || !strings.HasPrefix(verified, "no damage; segments: 1, frames: ") {
				t.Errorf("verify: %v\n%s", err, verified)
			}
			checkShow(t, dir, moments)
			if after := listing(t, dir); after != before {
				t.Errorf("the directory was %s and is %s", before, after)
			}
		})
	}
}

// checkShow asks for moments in all formats.
func checkShow(t *testing.T, dir string, moments []time.Time) {
	t.Helper()
	tree, note, err := historyCommand(t, "show", dir, "--time="+moments[30].Format(time.RFC3339Nano))
	lines := strings.Split(tree, "\n")
	if err != nil || !strings.HasPrefix(note, "table of ") || len(lines) != 4 || !strings.Contains(lines[1], "init") || !strings.Contains(lines[2], "job30") {
		t.Errorf("show: %v, %s\n%s", err, note, tree)
	}
	if strings.Contains(tree, "hunter2") {
		t.Error("the password was recorded")
	}
	newest, _, err := historyCommand(t, "show", dir, "--list", "--format=json", "--search=job", "--columns=pid,cpu,cmdline")
	var rows []struct {
		PID     int
		CPU     *float64
		Cmdline []string
	}
	if err != nil || json.Unmarshal([]byte(newest), &rows) != nil || len(rows) != 1 || rows[0].PID != 169 {
		t.Errorf("show --list --format=json: %v\n%s", err, newest)
	}
	text, _, err := historyCommand(t, "show", dir, "--format=csv", "--columns=pid,cpu,name", fmt.Sprintf("--time=%d", moments[61].Unix()+1), "--depth=0")
	records, csvErr := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || csvErr != nil || len(records) != 2 || strings.Join(records[1], " ") != "0 1 0.5 init" {
		t.Errorf("show --format=csv: %v, %v\n%s", err, csvErr, text)
	}
}

// listing is what a directory holds.
func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %d %v %v\n", e.Name(), info.Size(), info.Mode(), info.ModTime())
	}
	return b.String()
}

// TestHistoryVerifyFindsDamage: one line for each damage, with the file, the place and what it costs.
func TestHistoryVerifyFindsDamage(t *testing.T) {
	live, _ := recordedDir(t)
	for name, tt := range map[string]struct {
		change func(data []byte) []byte
		want   []string
	}{
		"a bit":    {func(d []byte) []byte { d[len(d)/2] ^= 4; return d }, []string{"the checksum is wrong; tables lost: "}},
		"the tail": {func(d []byte) []byte { return d[:len(d)-3] }, []string{"the file ends within a frame"}},
		"two bits": {func(d []byte) []byte { d[len(d)/3] ^= 4; d[len(d)-5] ^= 1; return d }, []string{"the checksum is wrong; tables lost: ", "the file ends within a frame"}},
		"all":      {func(d []byte) []byte { clear(d); return d }, []string{"no header of a recording was found"}},
		"the name": {func([]byte) []byte { return []byte("text\n") }, []string{"no header of a recording was found"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			data, err := os.ReadFile(segmentsOf(t, live)[0])
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, "0000000007.segment")
			if err := os.WriteFile(path, tt.change(data), 0o600); err != nil {
				t.Fatal(err)
			}
			out, _, err := historyCommand(t, "verify", dir)
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("damage in %d places", len(tt.want))) {
				t.Errorf("the error is %v", err)
			}
			lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("%d lines:\n%s", len(lines), out)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(lines[i], path+": at byte ") || !strings.Contains(lines[i], want) {
					t.Errorf("line %d is %q, want %q", i, lines[i], want)
				}
			}
		})
	}
}

// TestHistoryRefusals: each is one line that says what to do.
func TestHistoryRefusals(t *testing.T) {
	dir, _ := recordedDir(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"list":                              "required argument 'directory' not provided, try history --help",
		"lost " + dir:                       "expected command but got \"lost\", try history --help",
		"list /no/such":                     "/no/such does not exist; give the directory of a recording",
		"list " + file:                      "is not a directory; give the directory of a recording",
		"verify " + t.TempDir():             "the recording is empty",
		"show " + t.TempDir():               "the recording is empty",
		"show --time=yesterday " + dir:      "--time: \"yesterday\" is not a time; give one such as",
		"show --time=2001-01-01 " + dir:     "nothing was recorded at 2001-01-01T",
		"show --time=100 " + dir:            "nothing was recorded at 1970-01-01T00:01:40Z; the first table is of ",
		"show --format=xml " + dir:          "--format",
		"show --search=cpu>>1 " + dir:       "parameter \"q\"",
		"show --url=http://x " + dir:        "unknown long flag '--url'",
		"show --search=port:443 " + dir:     "port: and file: are not recorded",
		"verify --format=json " + dir:       "unknown long flag '--format'",
		"show --columns=beauty " + dir:      `--columns: no such column "beauty"`,
		"list --segments=yes " + dir:        "unexpected",
		"show " + dir + " " + dir:           "unexpected",
		"show --root=999999 " + dir:         "no such process",
		"show --time=99999999999999 " + dir: "is not a time",
	} {
		t.Run(line, func(t *testing.T) {
			_, _, err := historyCommand(t, strings.Fields(line)...)
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want %s", err, want)
			}
		})
	}
}

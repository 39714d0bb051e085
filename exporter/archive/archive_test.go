package archive

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector/group"
	"proctree/collector/history/report"
	"proctree/collector/host/hosttest"
	"proctree/exporter/flagtest"
	"proctree/tree-api/past/pasttest"
)

// zone is that of a reader.
var zone = time.FixedZone("CET", 3600)

// run runs a command and returns what it prints.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := Run(t.Context(), Config{
		Program: "proctree_exporter", Stdout: &out, Stderr: &out,
		FlagError: func(_ *kingpin.Application, _ []string, err error) error { return err },
		Now:       func() time.Time { return time.Date(2026, 1, 1, 2, 5, 0, 0, zone) },
	}, args)
	return out.String(), err
}

func TestHelpTellsDefaultsFromExamples(t *testing.T) {
	app, _ := new(Config).app()
	flagtest.CheckDefaults(t, app)
}

// copied returns a copy of an incident as it would be on another machine: without the lock, and read-only.
func copied(t *testing.T) (dir string, in *pasttest.Incident) {
	t.Helper()
	in = pasttest.NewIncident(t)
	in.Stop(t)
	dir = t.TempDir()
	files, err := filepath.Glob(filepath.Join(in.Dir, "*.segment"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v %v", files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), data, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
	return dir, in
}

// TestReport holds that the report names what happened, with time, command line and parent.
func TestReport(t *testing.T) {
	dir, _ := copied(t)
	text, err := run(t, "history", "report", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"2026-01-01 02:00:00 CET to 2026-01-01 02:01:00 CET", "61 tables in 1m0s",
		"02:00:20  30   SIGSEGV", "server <b>" + pasttest.Secret + "</b>", "1 init",
		"02:00:30  40   OOM kill", "eater    10 sh /opt/" + pasttest.Secret + "/run.sh",
		"02:00:40  02:00:40  200 ", "storm",
		"3.00s  20    02:00:10  02:00:13  ann   burner --password=",
		"02:00:20  1      30          02:00:20  SIGSEGV  31",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, pasttest.Password) {
		t.Errorf("the report has a password:\n%s", text)
	}
	utc, err := run(t, "history", "report", "--utc", "--from=50s", "--to=2026-01-01T01:00:40Z", dir)
	if err != nil || !strings.HasPrefix(utc, "2026-01-01 01:00:10 UTC to 2026-01-01 01:00:40 UTC") {
		t.Errorf("in UTC: %v\n%s", err, utc)
	}
}

// TestReportIsOnePage holds that the page needs nothing else, and that no command line becomes markup.
func TestReportIsOnePage(t *testing.T) {
	dir, _ := copied(t)
	file := filepath.Join(t.TempDir(), "report.html")
	for range 2 { // The second one replaces the first.
		if out, err := run(t, "history", "report", "--format=html", "--output="+file, dir); err != nil || out != "" {
			t.Fatalf("%q %v", out, err)
		}
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, not := range []string{"<b>", "<script", "src=", "href=", "url(", "@import", pasttest.Password} {
		if strings.Contains(page, not) {
			t.Errorf("the page has %q", not)
		}
	}
	if !strings.Contains(page, "&lt;b&gt;"+pasttest.Secret) || !strings.Contains(page, "Content-Security-Policy") {
		t.Errorf("the page lacks a command line, or a policy:\n%s", page)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the page has the mode %v (%v), want 0600", info.Mode(), err)
	}
	if rest, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); len(rest) > 0 {
		t.Errorf("there is %v too", rest)
	}
}

func TestReportAsJSON(t *testing.T) {
	dir, in := copied(t)
	out, err := run(t, "history", "report", "--format=json", "--from=02:00", "--to=2026-01-01 02:00:30", dir)
	if err != nil {
		t.Fatal(err)
	}
	var got report.Report
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if float64(got.From) != in.At(0) || float64(got.To) != in.At(30) || got.OOMKills.Count != 1 {
		t.Errorf("from %v to %v with %d OOM kills", got.From, got.To, got.OOMKills.Count)
	}
}

// TestExport writes each process of each table once, with rates, and what a spreadsheet must not run is inert.
func TestExport(t *testing.T) {
	dir, in := copied(t)
	out, err := run(t, "history", "export", "--from=02:00:10", "--to=02:00:20", dir)
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		Time float64
		PID  int
		Name string
		CPU  struct{ Cores *float64 }
	}
	seconds := map[float64]int{}
	cores := 0.0
	for text := range strings.Lines(out) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil || l.PID == 0 {
			t.Fatalf("%q: %v", text, err)
		}
		seconds[l.Time]++
		if l.Name == "burner" && l.CPU.Cores != nil {
			cores += *l.CPU.Cores
		}
	}
	if len(seconds) != 11 || seconds[in.At(10)] == 0 || seconds[in.At(20)] == 0 {
		t.Errorf("the tables are %v", seconds)
	}
	// It was gone before the table that would show its third second.
	if cores < 1.99 || cores > 2.01 {
		t.Errorf("the burner used %.2f s of CPU, want 2", cores)
	}
	if strings.Contains(out, pasttest.Password) {
		t.Error("the export has a password")
	}
	file := filepath.Join(t.TempDir(), "export.csv")
	if _, err := run(t, "history", "export", "--format=csv", "--search=name:init", "--from=60s", "--step=15s", "--output="+file, dir); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) != 6 || rows[0][0] != "time" || rows[1][1] != rows[5][1] {
		t.Errorf("%v:\n%s", err, data)
	}
}

// TestExportMendsWhatSpreadsheetsRun: the name of a process is a formula.
func TestExportMendsWhatSpreadsheetsRun(t *testing.T) {
	recording := pasttest.New(t)
	tracker := group.NewTracker(group.Config{})
	recording.Add(t, tracker.Observe(hosttest.Snapshot(time.Hour, hosttest.Process(1, 0, "=cmd|' /C calc'!A0", hosttest.Cmdline("@SUM(1)", "a,b\n\"c\"")))))
	out, err := run(t, "history", "export", "--format=csv", "--from=1s", recording.Dir)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != 2 || !slices.Contains(rows[1], "'=cmd|' /C calc'!A0") || strings.Contains(out, ",@SUM") || strings.Contains(out, ",=cmd") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestRefusals(t *testing.T) {
	dir, _ := copied(t)
	file := filepath.Join(dir, "0000000001.segment")
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"history"}, "must select a subcommand of 'history', try history --help"},
		{[]string{"history", "report"}, "required argument 'directory' not provided"},
		{[]string{"history", "report", "/no/such"}, "/no/such does not exist; give the directory of a recording"},
		{[]string{"history", "report", file}, "is not a directory; give the directory of a recording"},
		{[]string{"history", "report", t.TempDir()}, "the recording is empty"},
		{[]string{"history", "report", "--from=yesterday", dir}, `--from: "yesterday" is not a time; give one such as`},
		{[]string{"history", "report", "--to=-5m", dir}, `--to: "-5m" is not a time`},
		{[]string{"history", "report", "--from=02:00:30", "--to=02:00:10", dir}, "--from (2026-01-01T02:00:30+01:00) is not before --to (2026-01-01T02:00:10+01:00)"},
		{[]string{"history", "report", "--from=2025-01-01", "--to=2025-01-02", dir}, "nothing was recorded from 2024-12-31T23:00:00Z to 2025-01-01T23:00:00Z; the first table is of 2026-01-01T01:00:00Z"},
		{[]string{"history", "report", "--format=pdf", dir}, "enum value must be one of text,html,json"},
		{[]string{"history", "report", "--output=/no/such/file", dir}, "--output: "},
		{[]string{"history", "export", "--output=/no/such/file", dir}, "--output: "},
		{[]string{"history", "export", "--search=cpu>>1", dir}, "--search: "},
		{[]string{"history", "export", "--search=port:443", dir}, "--search: port: and file: are not recorded"},
		{[]string{"history", "export", "--sort=beauty", dir}, "cannot sort by \"beauty\""},
		{[]string{"history", "export", "--step=-1s", dir}, "--step: -1s is less than 0"},
		{[]string{"history", "export", "--limit=-1", dir}, "--limit: -1 is less than 0"},
		{[]string{"history", "export", "--root=-1", dir}, "--root: -1 is not a PID"},
		{[]string{"history", "export", "--format=xml", dir}, "enum value must be one of json,csv"},
		{[]string{"history", "export", "--from=2025-01-01", "--to=2025-01-02", dir}, "nothing was recorded from 2024-12-31T23:00:00Z"},
		{[]string{"history", "export", "/no/such"}, "/no/such does not exist; give the directory of a recording"},
		{[]string{"history", "report", "--output=" + t.TempDir(), dir}, "--output: "},
	} {
		_, err := run(t, test.args...)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v, want %s", test.args, err, test.want)
		}
	}
}

func TestIsCommand(t *testing.T) {
	for line, want := range map[string]bool{
		"history": true, "history report": true, "help history": true, "help history report": true,
		"--completion-bash history ": true, "--completion-bash history": false, "--completion-bash top ": false,
		"--history.dir=x": false, "help": false, "": false, "top history": false,
	} {
		if got := IsCommand(strings.Split(line, " ")); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
	if out, err := run(t, "history", "report", "--help"); err != nil || !strings.Contains(out, "--from=TIME") {
		t.Errorf("--help: %v %s", err, out)
	}
}

//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/deploy/programs"
)

// startProcessExporter starts the real process-exporter with a configuration, and returns
// its address.
func startProcessExporter(t *testing.T, config, threads string) string {
	t.Helper()
	program := programs.Tool(t, "prometheus-process-exporter", "Debian package prometheus-process-exporter")
	return programs.Run(t, programs.Config{
		Path: program, Ready: "/", Args: []string{"-config.path", config, "-web.listen-address", "ADDRESS", threads},
	}).Address
}

// labelled returns the values of an instant query by all labels but those of the target.
func (p *promServer) labelled(promql string) map[string]float64 {
	p.t.Helper()
	s := &server{tb: p.t, url: p.url}
	_, body := s.get("/api/v1/query?query=" + url.QueryEscape(promql))
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		p.t.Fatalf("%s: %v: %s", promql, err, body)
	}
	values := make(map[string]float64)
	for _, r := range answer.Data.Result {
		delete(r.Metric, "job")
		delete(r.Metric, "instance")
		value, err := strconv.ParseFloat(fmt.Sprint(r.Value[1]), 64)
		if err != nil {
			p.t.Fatalf("%s: %v", promql, err)
		}
		values[fmt.Sprint(r.Metric)] = value
	}
	return values
}

// tolerances say by how much a value may differ: by an amount, or by a share of it. Other
// values are equal.
var tolerances = []struct {
	series        string
	amount, share float64
}{
	{"cpu_seconds_total", 0.02, 0},                   // Each mode is cut to 1/100 s.
	{"oldest_start_time_seconds", 1, 0},              // The time of the boot is known to the second.
	{"memtype:resident", 1 << 20, 0},                 // The kernel counts pages in batches.
	{"memtype:proportionalResident", 1 << 20, 0},     // The same.
	{"context_switches_total", 5, 0.02},              // The two look at different times.
	{"page_faults_total", 5, 0.02},                   // The same.
	{"namedprocess_namegroup_worst_fd_ratio", 0, .1}, // process-exporter counts descriptors at another time than it reads the limit.
}

func differs(series string, a, b float64) bool {
	for _, tolerance := range tolerances {
		if strings.Contains(series, tolerance.series) {
			return math.Abs(a-b) > tolerance.amount+tolerance.share*math.Abs(a)
		}
	}
	return a != b
}

// migrated are processes of all kinds that the two exporters are compared by.
const migrated = `
process_names:
- name: pe-twins
  comm: [pe-twins]
- name: "{{.Comm}}"
  cmdline: ['.*/pe-.+']
- name: pe-zombie
  comm: [pe-zombie]
`

// startMigrated runs them, and waits until none of them does anything more.
func startMigrated(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	run := func(name, script string) {
		path := filepath.Join(dir, name)
		if err := os.Symlink("/bin/sh", path); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
		cmd := exec.Command(path, "-c", script+"; echo; read x", dir)
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = in.Close()
			_ = cmd.Wait()
		})
		if _, err := out.Read(make([]byte, 1)); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	run("pe-burner", "i=0; while [ $i -lt 600000 ]; do i=$((i+1)); done")
	run("pe-writer", `i=0; while [ $i -lt 2000 ]; do echo $i $i $i $i $i $i; i=$((i+1)); done > "$0/written"`)
	run("pe-twins", "exec 7</dev/null 8</dev/null")
	run("pe-twins", "exec 9</dev/null")
	if err := os.Symlink("/bin/true", filepath.Join(dir, "pe-zombie")); err != nil {
		t.Fatal(err)
	}
	// sleep, which takes the place of the shell, never asks how its child ended.
	parent := exec.Command("/bin/sh", "-c", `"$0/pe-zombie" & exec sleep 600`, dir)
	parent.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = parent.Process.Kill()
		_ = parent.Wait()
	})
}

// TestRulesForProcessExporter: with the rules of the migration, a real Prometheus has the same
// series from this exporter as from process-exporter, for the same processes.
func TestRulesForProcessExporter(t *testing.T) {
	config := filepath.Join(t.TempDir(), "names.yml")
	if err := os.WriteFile(config, []byte(migrated), 0o600); err != nil {
		t.Fatal(err)
	}
	theirs := startProcessExporter(t, config, "-threads=false")
	ours := start(t, "--config.file="+config, "--collector.group_proportional_memory")
	p := startPrometheusWith(t, map[string]string{"process-exporter": theirs, "proctree": strings.TrimPrefix(ours.url, "http://")},
		"1s", "../deploy/prometheus/migration/process-exporter.yml")
	// Both have to have looked before: what ran until then is the baseline of one of them.
	p.await("count(count_over_time(up[1m]) > 2) == 2")
	startMigrated(t)

	// What docs/migrating-from-process-exporter.md says is not there.
	const all = `{__name__=~"namedprocess_namegroup_.+", __name__!="namedprocess_namegroup_threads_wchan", groupname=~"pe-.+", ` +
		`memtype!="proportionalSwapped", job=%q} unless {memtype="proportionalResident", groupname="pe-zombie"}`
	var problems []string
	for deadline := time.Now().Add(2 * patience); time.Now().Before(deadline); time.Sleep(500 * time.Millisecond) {
		want, got := p.labelled(fmt.Sprintf(all, "process-exporter")), p.labelled(fmt.Sprintf(all, "proctree"))
		problems = nil
		for series, value := range want {
			if other, ok := got[series]; !ok {
				problems = append(problems, "missing: "+series)
			} else if differs(series, value, other) {
				problems = append(problems, fmt.Sprintf("%s is %v, process-exporter says %v", series, other, value))
			}
		}
		for series := range got {
			if _, ok := want[series]; !ok {
				problems = append(problems, "process-exporter has no "+series)
			}
		}
		if len(want) < 4*18 {
			problems = append(problems, fmt.Sprintf("only %d series", len(want)))
		}
		if len(problems) == 0 {
			t.Logf("%d series are the same", len(want))
			break
		}
	}
	slices.Sort(problems)
	for _, problem := range problems {
		t.Error(problem)
	}
	for _, name := range []string{"scrape_errors", "scrape_partial_errors", "scrape_procread_errors"} {
		if n := p.number(fmt.Sprintf("count(namedprocess_%s)", name)); n != 2 {
			t.Errorf("%v of 2 exporters have namedprocess_%s", n, name)
		}
	}
}

// TestMigrationPageIsComplete: it has every metric and every flag of the real process-exporter.
func TestMigrationPageIsComplete(t *testing.T) {
	config := filepath.Join(t.TempDir(), "names.yml")
	if err := os.WriteFile(config, []byte("process_names: [{name: all, cmdline: ['.+']}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &server{tb: t, url: "http://" + startProcessExporter(t, config, "-threads=true")}
	page := readText(t, "../docs/migrating-from-process-exporter.md")
	metrics := 0
	for name := range s.samples() {
		short := strings.TrimPrefix(name, "namedprocess_namegroup_")
		if !strings.HasPrefix(name, "namedprocess_") {
			continue
		}
		metrics++
		if !strings.Contains(page, "`"+short) {
			t.Errorf("the page does not have %s", name)
		}
	}
	if metrics < 20 {
		t.Errorf("only %d metrics", metrics)
	}
	help, _ := exec.Command("prometheus-process-exporter", "-help").CombinedOutput() // It ends with status 2.
	flags := regexp.MustCompile(`(?m)^  -([a-z.-]+)`).FindAllStringSubmatch(string(help), -1)
	if len(flags) < 10 {
		t.Errorf("only %d flags", len(flags))
	}
	for _, flag := range flags {
		if !strings.Contains(page, "`-"+flag[1]) {
			t.Errorf("the page does not have the flag -%s", flag[1])
		}
	}
}

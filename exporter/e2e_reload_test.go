//go:build linux

package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReloadHoldsWhenItHasAnswered, although the scan that is shown is an old one.
func TestReloadHoldsWhenItHasAnswered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proctree.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("groups:\n- {group: 'group of {{.Name}}', name: proctree_export}\n")
	s := start(t, "--config.file="+file, "--web.enable-lifecycle", "--scan.max-age=10m", "--collector.process.cmdline",
		"--process.top=100000", "--process.max=100000")
	shows := func(what string) {
		t.Helper()
		_, tree := s.get("/api/v1/processes?q=pid:" + strconv.Itoa(s.cmd.Process.Pid)) // Others may have its name in their arguments.
		_, metrics := s.get("/metrics")
		for text, want := range map[string]bool{
			`"group":"group of proctree_export"`:        strings.Contains(what, "process"),
			`group="group of proctree_export"`:          strings.Contains(what, "process"),
			`"cmdline":["`:                              strings.Contains(what, "cmdline"),
			`--web.enable-lifecycle --scan.max-age=10m`: strings.Contains(what, "cmdline"),
			`"group":"proctree_export"`:                 strings.Contains(what, "default"),
		} {
			if got := strings.Contains(tree+metrics, text); got != want {
				t.Errorf("%s: shows %s: %v", what, text, got)
			}
		}
	}
	shows("process with cmdline")
	for _, step := range []struct{ text, what string }{
		{"groups:\n- {group: 'group of {{.Name}}', name: proctree_export}\ncmdline: none\n", "process"},
		{"exclude:\n- name: proctree_export\n", "nothing"},
		{"redact: on\n", "default with cmdline"},
	} {
		write(step.text)
		if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
			t.Fatalf("reload: %d %s", status, body)
		}
		shows(step.what)
	}
}

// TestBrokenConfigurationKeepsNoToken: each file counts by itself.
func TestBrokenConfigurationKeepsNoToken(t *testing.T) {
	secret, entry := makeToken(t, "a")
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := start(t, "--config.file="+write("proctree.yml", "redact: on\n"), "--api.token-file="+write("tokens.yml", "tokens:\n"+entry), "--web.enable-lifecycle")
	get := func() int {
		status, _ := s.do(http.MethodGet, "/api/v1/host", "Authorization", "Bearer "+secret)
		return status
	}
	if status := get(); status != http.StatusOK {
		t.Fatalf("with the token: %d", status)
	}
	write("proctree.yml", "bad: [")
	write("tokens.yml", "tokens: []")
	if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusInternalServerError || !strings.Contains(body, "proctree.yml: ") || strings.Contains(body, "tokens.yml") {
		t.Errorf("reload: %d %s", status, body)
	}
	if status := get(); status != http.StatusUnauthorized {
		t.Errorf("with the token that was withdrawn: %d", status)
	}
	if _, body := s.get("/metrics"); !strings.Contains(body, "proctree_config_last_reload_successful 0") {
		t.Error("the reload counts as a success")
	}
}

// TestConfigurationIsAFIFO holds that a reload of one ends, and that the next one works.
func TestConfigurationIsAFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "proctree.yml")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, "--config.file="+path, "--web.enable-lifecycle")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusInternalServerError || !strings.Contains(body, path+": is a named pipe") || strings.Count(body, "\n") != 1 {
		t.Errorf("reload of a FIFO: %d %q", status, body)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
		t.Errorf("reload of a file: %d %q", status, body)
	}
}

// TestRecordedGroupsAfterAReload: what was recorded under a laxer configuration is shown by the one of
// now, in all answers about the past.
func TestRecordedGroupsAfterAReload(t *testing.T) {
	const marker = "argument4711"
	sh := shellAs(t, t.TempDir(), "recorded")
	file := filepath.Join(t.TempDir(), "proctree.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rule := "groups: [{group: 'run {{.Matches.a}}', cmdline: '.* (?P<a>" + marker + ")'}]\n"
	write(rule)
	s := start(t, "--config.file="+file, "--web.enable-lifecycle", "--history.dir="+filepath.Join(t.TempDir(), "history"), "--history.interval=500ms", "--history.min-free=0%")
	run := func() *exec.Cmd {
		cmd := exec.Command(sh, "-c", "while :; do sleep 0.1; done", marker)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd
	}
	ends := run()
	run()
	name := `"group":"run ` + marker + `"`
	eventuallyShows := func(path, text string) {
		t.Helper()
		s.eventually(path, func() bool { _, body := s.get(path); return strings.Contains(body, text) })
	}
	eventuallyShows("/api/v1/processes", name)
	eventuallyShows("/api/v1/top?group_by=group", "run "+marker)
	_ = ends.Process.Kill()
	_ = ends.Wait()
	eventuallyShows("/api/v1/exits", name)
	eventuallyShows("/api/v1/events?kind=exit", name)
	recorded := time.Now()
	time.Sleep(2 * time.Second) // Another table with the process.
	write(rule + "cmdline: none\n")
	if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
		t.Fatalf("reload: %d %s", status, body)
	}
	at := strconv.FormatInt(recorded.Unix(), 10)
	for path, want := range map[string]string{
		"/api/v1/processes?time=" + at: `"group":"run "`, "/api/v1/tree?time=" + at: `"group":"run "`, "/api/v1/exits": `"group":"run "`,
		"/api/v1/events?kind=exit": `"group":"run "`, "/api/v1/top?group_by=group&limit=1000": `"name":"run "`, "/api/v1/top?by=memory&group_by=group&limit=1000": `"name":"run "`,
		"/api/v1/diff": "", "/api/v1/report": "", "/api/v1/report?format=text": "", "/api/v1/processes": "", "/metrics": `group="run "`,
		"/api/v1/groups?group_by=group": `"name":"run "`,
	} {
		if status, body := s.get(path); status != http.StatusOK || strings.Contains(body, marker) || !strings.Contains(body, want) {
			t.Errorf("%s: %d, shows the argument: %v, shows %s: %v", path, status, strings.Contains(body, marker), want, strings.Contains(body, want))
		}
	}
}

//go:build linux

package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

func TestReload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proctree.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("groups:\n- name: no-such-process\n  group: first\n")
	s := start(t, "--config.file="+file, "--web.enable-lifecycle", "--scan.max-age=0s")
	has := func(group string) bool {
		n, ok := s.samples().value("proctree_group_processes", "group", group, "state", "running")
		return ok && n == 0
	}
	successful := func() bool {
		n, ok := s.samples().value("proctree_config_last_reload_successful")
		return ok && n == 1
	}
	if !has("first") || !successful() {
		t.Fatal("the group that the configuration names is not there")
	}

	write("groups:\n- name: no-such-process\n  group: second\n")
	if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.eventually("the group of the new file", func() bool { return has("second") })

	write("groups:\n- nam: x\n")
	status, body := s.do(http.MethodPost, "/-/reload")
	if status != http.StatusInternalServerError || !strings.Contains(body, file+": line 2: ") || strings.Count(body, "\n") != 1 {
		t.Errorf("reload of a bad file: %d %q", status, body)
	}
	if successful() || !has("second") {
		t.Error("the bad file counts as a success, or took the old one's group away")
	}

	write("groups:\n- name: no-such-process\n  group: third\n")
	if status, body := s.do(http.MethodPut, "/-/reload"); status != http.StatusOK {
		t.Errorf("reload of a good file: %d %q", status, body)
	}
	if !successful() || !has("third") {
		t.Error("the good file is not in force")
	}
}

func TestStop(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		s := start(t)
		if status := s.stop(signal); status != 0 {
			t.Errorf("%v: exit status %d", signal, status)
		}
	}
}

// TestStopLetsRequestsFinish sends a signal into a request that takes a second.
func TestStopLetsRequestsFinish(t *testing.T) {
	s := start(t, "--web.enable-pprof")
	got := make(chan int, 1)
	go func() {
		response, err := http.Get(s.url + "/debug/pprof/profile?seconds=1")
		if err != nil {
			t.Error(err)
			got <- 0
			return
		}
		defer func() { _ = response.Body.Close() }()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Errorf("the answer was cut: %v", err)
		}
		got <- response.StatusCode
	}()
	s.eventually("the request", func() bool {
		_, body := s.get("/debug/pprof/goroutine?debug=1")
		return strings.Contains(body, "pprof.Profile")
	})
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if status := <-got; status != http.StatusOK {
		t.Errorf("the request that was under way got %d", status)
	}
}

func TestSeveralAddresses(t *testing.T) {
	s := start(t, "--web.listen-address=127.0.0.1:0")
	pattern := regexp.MustCompile(`(?s)msg="Listening on" address=(\S+).*msg="Listening on" address=(\S+)`)
	s.url = "http://" + s.log.await(t, pattern)
	if status, _ := s.get("/-/ready"); status != http.StatusOK {
		t.Errorf("the second address answers %d", status)
	}
	status, _, stderr := runToEnd(t, "--web.listen-address=127.0.0.1:0", "--web.listen-address="+s.url[len("http://"):])
	if status != 1 || !strings.Contains(lastLine(stderr), "address already in use") {
		t.Errorf("one of two addresses in use: exit status %d, %q", status, lastLine(stderr))
	}
}

func TestLifecycleIsOffByDefault(t *testing.T) {
	s := start(t)
	for method, want := range map[string]int{
		http.MethodPost: http.StatusForbidden,
		http.MethodPut:  http.StatusForbidden,
		http.MethodGet:  http.StatusMethodNotAllowed,
	} {
		if status, _ := s.do(method, "/-/reload"); status != want {
			t.Errorf("%s: %d, want %d", method, status, want)
		}
	}
	for path, want := range map[string]int{
		"/":                  http.StatusOK,
		"/-/healthy":         http.StatusOK,
		"/debug/pprof/":      http.StatusNotFound,
		"/nope":              http.StatusNotFound,
		"/metrics?collect[]": http.StatusBadRequest,
	} {
		if status, _ := s.get(path); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

//go:build linux

package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/exporter/wine"
)

// TestUnderWine tries for real what is there for Windows.
func TestUnderWine(t *testing.T) {
	prefix, err := wine.New(t.Context(), t.TempDir())
	if errors.Is(err, wine.ErrNotInstalled) {
		t.Skipf("SKIPPED: nothing of Windows is tried: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := prefix.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, pkg := range []string{"collector/host/windows", "collector/host/system", "collector/host/control"} {
		t.Run(pkg, func(t *testing.T) { packageUnderWine(t, prefix, pkg) })
	}
	exe := buildWindows(t, program+".exe", "build", "-trimpath", "proctree/exporter")
	t.Run("console", func(t *testing.T) { consoleUnderWine(t, prefix, exe) })
	t.Run("service", func(t *testing.T) { serviceUnderWine(t, prefix, exe) })
}

// buildWindows runs the go command for Windows and returns the program it has written.
func buildWindows(t *testing.T, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.CommandContext(t.Context(), "go", append(append([]string{}, args[0], args[1], "-o", path), args[2:]...)...)
	cmd.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	return path
}

// packageUnderWine runs the tests that a package has for Windows.
func packageUnderWine(t *testing.T, prefix *wine.Prefix, pkg string) {
	t.Helper()
	program := buildWindows(t, "tests.exe", "test", "-c", "proctree/"+pkg)
	// Wine 8 cannot remove files in the way that Go asks for first.
	cmd := prefix.Command(t.Context(), program, "-test.v", "-test.timeout=120s", "-test.skip=BelowAnotherRoot")
	output, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "\nPASS") {
		t.Errorf("%v\n%s", err, output)
	}
	t.Logf("%s", output)
}

// ownProcess finds the exporter in its own tree.
const ownProcess = `"name":"proctree_exporter.exe"`

// consoleUnderWine runs the exporter as a user does in a console.
func consoleUnderWine(t *testing.T, prefix *wine.Prefix, exe string) {
	t.Helper()
	s := startCommand(t, prefix.Command(context.Background(), exe, "--web.listen-address=127.0.0.1:0", "--scan.max-age=0s"))

	status, body := s.get("/api/v1/tree")
	// Whose program asks cannot be told on Windows, so that nobody is more than a viewer.
	if status != http.StatusOK || !strings.Contains(body, ownProcess) || !strings.Contains(body, `"role":"viewer"`) || strings.Contains(body, "--scan.max-age") {
		t.Errorf("%d, the exporter is not in its own tree:\n%s", status, body)
	}
	all := s.samples()
	for _, want := range []struct{ name, label, value string }{
		{"proctree_reader_info", "reader", "windows"},
		{"proctree_group_resident_memory_bytes", "group", "proctree_exporter.exe"},
		{"proctree_group_open_fds", "group", "proctree_exporter.exe"},
		{"proctree_process_start_time_seconds", "name", "proctree_exporter.exe"},
		{"proctree_system_memory_MemTotal_bytes", "", ""},
		{"proctree_system_cpu_seconds_total", "mode", "idle"},
		{"proctree_system_filesystem_size_bytes", "mountpoint", "C:"},
		{"proctree_system_boot_time_seconds", "", ""},
	} {
		if v, ok := all.value(want.name, labelOf(want.label, want.value)...); !ok || v <= 0 {
			t.Errorf("%s{%s=%q} is %v (there: %v)", want.name, want.label, want.value, v, ok)
		}
	}
	started, _ := all.value("proctree_process_start_time_seconds", "name", "proctree_exporter.exe")
	if age := time.Since(time.Unix(int64(started), 0)); age < -2*time.Second || age > time.Minute {
		t.Errorf("the exporter started %v ago", age)
	}
	if status, body := s.get("/api/v1/host"); status != http.StatusOK || !strings.Contains(body, `"os":"windows"`) {
		t.Errorf("%d: %s", status, body)
	}
	if status := s.stop(syscall.SIGINT); status != 0 || !strings.Contains(s.log.String(), "msg=stopping") {
		t.Errorf("exit status %d", status)
	}
}

func labelOf(name, value string) []string {
	if name == "" {
		return nil
	}
	return []string{name, value}
}

// serviceUnderWine installs the exporter as a service, starts it, and removes it.
func serviceUnderWine(t *testing.T, prefix *wine.Prefix, exe string) {
	t.Helper()
	logFile := filepath.Join(t.TempDir(), "service.log")
	windows := func(program string, args ...string) (string, error) {
		output, err := prefix.Command(t.Context(), program, args...).CombinedOutput()
		return string(output), err
	}
	flags := []string{"--web.listen-address=127.0.0.1:0", "--log.file=Z:" + logFile}

	output, err := windows(exe, "service", "install", "--bogus")
	if err == nil || !strings.Contains(output, "unknown long flag '--bogus'") {
		t.Errorf("a bad flag was installed: %v\n%s", err, output)
	}
	if output, err = windows(exe, append([]string{"service", "install"}, flags...)...); err != nil {
		t.Fatalf("install: %v\n%s", err, output)
	}
	if output, err = windows(exe, append([]string{"service", "install"}, flags...)...); err == nil || !strings.Contains(output, "create service") {
		t.Errorf("installed twice: %v\n%s", err, output)
	}
	if output, err = windows("net", "start", program); err != nil {
		t.Fatalf("start: %v\n%s", err, output)
	}
	logged := func() string {
		content, _ := os.ReadFile(logFile)
		return string(content)
	}
	s := &server{tb: t, done: make(chan struct{})}
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	s.eventually("listening", func() bool { return listening.MatchString(logged()) })
	s.url = "http://" + listening.FindStringSubmatch(logged())[1]
	if status, body := s.get("/api/v1/tree"); status != http.StatusOK || !strings.Contains(body, ownProcess) || strings.Contains(body, `"service","run"`) {
		t.Errorf("%d, the service is not in its own tree:\n%s", status, body)
	}

	if output, err = windows(exe, "service", "uninstall"); err != nil {
		t.Errorf("uninstall: %v\n%s", err, output)
	}
	if !strings.Contains(logged(), "msg=stopping") {
		t.Errorf("the service did not stop by itself:\n%s", logged())
	}
	if output, err = windows(exe, "service", "uninstall"); err == nil || !strings.Contains(output, "open service") {
		t.Errorf("uninstalled twice: %v\n%s", err, output)
	}
}

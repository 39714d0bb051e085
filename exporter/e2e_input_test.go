//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestBadInput: exit status 1 and one line that names what is wrong and where.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	bad := filepath.Join(dir, "bad.yml")
	if err := os.WriteFile(bad, []byte("exclude:\n- name: '('\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	web := filepath.Join(dir, "web.yml")
	if err := os.WriteFile(web, []byte("basic_auth_users:\n  a: plain\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	busy := start(t).url[len("http://"):]
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"unknown flag", []string{"--bogus"}, []string{"unknown long flag '--bogus'"}},
		{"bad expression", []string{"--config.file=" + bad}, []string{bad, "line 2", "exclude[0].name"}},
		{"check", []string{"--config.check", "--config.file=" + bad}, []string{bad, "line 2", "exclude[0].name"}},
		{"no file", []string{"--config.file=/nonexistent/p.yml"}, []string{"/nonexistent/p.yml", "no such file"}},
		{"bad web file", []string{"--web.config.file=" + web}, []string{"--web.config.file", web}},
		{"no web file", []string{"--web.config.file=/nonexistent/w.yml"}, []string{"--web.config.file", "/nonexistent/w.yml"}},
		{"port in use", []string{"--web.listen-address=" + busy}, []string{"--web.listen-address", busy, "address already in use"}},
		{"bad address", []string{"--web.listen-address=nowhere:http:x"}, []string{"--web.listen-address", "nowhere:http:x"}},
		{"script as Grafana", []string{"--web.grafana-url=javascript:alert(1)"}, []string{"--web.grafana-url", "javascript:alert(1)"}},
		{"placeholder as Grafana's host", []string{"--web.grafana-url=https://{name}/"}, []string{"--web.grafana-url", `before "?"`}},
		{"check of no address", []string{"--web.check=localhost:10056"}, []string{"--web.check", "localhost:10056"}},
		{"no /proc", []string{"--path.procfs=" + dir}, []string{"--path.procfs", dir, "not a proc file system"}},
		{"nothing at /proc", []string{"--path.procfs=/nonexistent"}, []string{"--path.procfs", "/nonexistent"}},
		{"nothing at /sys", []string{"--path.sysfs=/nonexistent"}, []string{"--path.sysfs", "/nonexistent"}},
		{"a file at /", []string{"--path.rootfs=" + bad}, []string{"--path.rootfs", bad, "not a directory"}},
		{"bad role", []string{"--api.new-token=a", "--api.role=king"}, []string{"--api.role", `"king"`}},
		{"bad token name", []string{"--api.new-token=a b"}, []string{"--api.new-token", `"a b"`}},
		{"no token file", []string{"--api.token-file=/nonexistent/t.yml"}, []string{"/nonexistent/t.yml"}},
		{"a pipe for the log", []string{"--log.file=" + pipe}, []string{"--log.file", pipe, "named pipe"}},
		{"a pipe for the client of Prometheus", []string{"--web.prometheus-url=http://127.0.0.1:1", "--web.prometheus-config=" + pipe}, []string{"--web.prometheus-config", pipe, "named pipe"}},
		{"bad origin", []string{"--api.allowed-origin=x"}, []string{"allowed origin", `"x"`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			status, _, stderr := runToEnd(t, tt.args...)
			line := lastLine(stderr)
			if status != 1 || !strings.HasPrefix(line, program+": error: ") {
				t.Errorf("exit status %d, last line %q", status, line)
			}
			for _, want := range tt.want {
				if !strings.Contains(line, want) {
					t.Errorf("%q does not name %q", line, want)
				}
			}
			// An address is tried last, when the log has begun.
			if stderr != line+"\n" && !strings.Contains(line, "--web.listen-address") {
				t.Errorf("more than one line:\n%s", stderr)
			}
			if strings.Contains(stderr, "goroutine ") || strings.Contains(stderr, "panic") {
				t.Errorf("a stack trace:\n%s", stderr)
			}
		})
	}
}

func TestConfigCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proctree.yml")
	if err := os.WriteFile(file, []byte("groups:\n- name: a\n  group: b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	status, stdout, stderr := runToEnd(t, "--config.check", "--config.file="+file)
	if status != 0 || !strings.Contains(stdout, "is valid") || stderr != "" {
		t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
	}
}

// TestConfigCheckOfControl checks what is odd about what controllers may touch, as an administrator does.
func TestConfigCheckOfControl(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"every process", "control: {allow: [{group: web}, {group: '.*'}]}\n", "control.allow[1] matches every process"},
		{"every user", "control: {allow: [{user: '.*'}]}\n", "control.allow[0] matches every process"},
		{"nothing", "control: {}\n", "without allow no process may be touched"},
		{"no section", "groups: []\n", "has no section"},
		{"no signals", "control: {allow: [{group: web}], signals: []}\n", "no signal may be sent"},
		{"nobody", "control: {allow: [{group: web}]}\n", "nobody can act"},
	} {
		t.Run(test.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "proctree.yml")
			if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			status, stdout, stderr := runToEnd(t, "--config.check", "--api.enable-control", "--config.file="+file)
			warned := strings.Contains(stdout, "warning: "+file+": ") && strings.Contains(stdout, test.want)
			if status != 0 || !strings.Contains(stdout, "is valid") || stderr != "" || warned != (test.want != "") {
				t.Errorf("exit status %d, %q, %q", status, stdout, stderr)
			}
		})
	}
}

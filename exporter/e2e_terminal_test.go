//go:build linux

package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// family starts a shell and its child, a program of that name, and returns their PIDs.
func family(t *testing.T, name string) (parent, child int) {
	t.Helper()
	path := sleeper(t, name)
	out := newLines()
	cmd := exec.Command("bash", "-c", `"$0" 1000 & echo "child $!."; wait`, path)
	cmd.Stdout = out
	spawnCommand(t, cmd)
	child, err := strconv.Atoi(out.await(t, childLine))
	if err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid, child
}

// TestPsAndTree prints two processes in every format, from an exporter and without one.
func TestPsAndTree(t *testing.T) {
	parent, child := family(t, "proctreefam")
	s := start(t)
	for name, from := range map[string]string{"an exporter": "--url=" + s.url, "no exporter": "--local"} {
		run := func(args ...string) string {
			t.Helper()
			status, stdout, stderr := runToEnd(t, append(args, from, "--search=proctreefam")...)
			if status != 0 || stderr != "" {
				t.Fatalf("%s, %v: exit status %d: %s", name, args, status, stderr)
			}
			return stdout
		}
		table := run("ps")
		if lines := strings.Split(table, "\n"); !strings.Contains(lines[0], "PID  USER") || !strings.Contains(table, strconv.Itoa(child)+"  ") {
			t.Errorf("%s: ps prints\n%s", name, table)
		}
		rows, err := csv.NewReader(strings.NewReader(run("ps", "--format=csv", "--columns=pid,ppid,name,cpu", "--sort=pid", "--order=desc"))).ReadAll()
		if err != nil || rows[0][3] != "cpu" {
			t.Fatalf("%s: %v, %v", name, rows, err)
		}
		found := false
		for _, row := range rows {
			if row[0] == strconv.Itoa(child) {
				found = row[1] == strconv.Itoa(parent) && row[2] == "proctreefam" && row[3] != ""
			}
		}
		if !found {
			t.Errorf("%s: the child is not in %v", name, rows)
		}
		var list []struct {
			PID    int
			Memory float64
		}
		if err := json.Unmarshal([]byte(run("ps", "--format=json", "--limit=1", "--sort=memory")), &list); err != nil || len(list) != 1 || list[0].Memory == 0 {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
		tree := run("tree", "--columns=pid,name", fmt.Sprintf("--root=%d", parent))
		if want := fmt.Sprintf("%d  bash", parent); !strings.Contains(tree, want) || !strings.Contains(tree, "- proctreefam") && !strings.Contains(tree, "─ proctreefam") {
			t.Errorf("%s: tree prints\n%s", name, tree)
		}
		var nested []struct {
			PID      int
			Children []struct{ PID int }
		}
		if err := json.Unmarshal([]byte(run("tree", "--format=json", fmt.Sprintf("--root=%d", parent))), &nested); err != nil || len(nested) != 1 || nested[0].PID != parent || nested[0].Children[0].PID != child {
			t.Errorf("%s: %+v, %v", name, nested, err)
		}
	}
}

// TestTerminalErrors: each is one line that says what to do.
func TestTerminalErrors(t *testing.T) {
	s := start(t)
	for _, tt := range []struct {
		args []string
		want []string
	}{
		{[]string{"top", "--url=" + s.url}, []string{"top needs a terminal", "ps or tree"}},
		{[]string{"ps", "--url=http://127.0.0.1:1"}, []string{"no exporter answers at http://127.0.0.1:1", "--url", "--local"}},
		{[]string{"top", "--url=http://127.0.0.1:1"}, []string{"no exporter answers at http://127.0.0.1:1"}},
		{[]string{"ps", "--url=" + s.url, "--root=4194304"}, []string{"no such process"}},
		{[]string{"ps", "--url=" + s.url + "/elsewhere"}, []string{"there is no /elsewhere/api/v1/processes", "--url"}},
		{[]string{"ps", "--format=xml"}, []string{"--format", "table,csv,json", "ps --help"}},
		{[]string{"ps", "--limit=many"}, []string{"--limit", `"many"`}},
		{[]string{"tree", "--search=" + strings.Repeat("x", 300), "--url=" + s.url}, []string{"longer than 256"}},
	} {
		status, stdout, stderr := runToEnd(t, tt.args...)
		if status != 1 || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.HasPrefix(stderr, program+": error: ") {
			t.Errorf("%v: exit status %d, %q, %q", tt.args, status, stdout, stderr)
		}
		for _, want := range tt.want {
			if !strings.Contains(stderr, want) {
				t.Errorf("%v: no %s in %q", tt.args, want, stderr)
			}
		}
	}
}

// TestRemoteWithToken asks an exporter that wants TLS and a token.
func TestRemoteWithToken(t *testing.T) {
	dir := t.TempDir()
	secret, entry := makeToken(t, "terminal")
	cert := newCertificate(t, dir)
	files := map[string]string{
		"tokens.yml": "tokens:\n" + entry,
		"secret":     secret + "\n",
		"web.yml":    "tls_server_config:\n  cert_file: " + cert.certFile + "\n  key_file: " + cert.keyFile + "\n",
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0", "--api.token-file="+filepath.Join(dir, "tokens.yml"), "--web.config.file="+filepath.Join(dir, "web.yml"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s := launch(t, cmd)
	url := "--url=" + strings.Replace(s.url, "http://", "https://", 1)
	ca, token := "--tls-ca-file="+cert.certFile, "--token-file="+filepath.Join(dir, "secret")
	for _, tt := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"all of it", []string{ca, token}, 0, "pid"},
		{"no token", []string{ca}, 1, "--token-file"},
		{"an unknown certificate", []string{token}, 1, "certificate"},
		{"any certificate", []string{token, "--tls-skip-verify"}, 0, "warning: --tls-skip-verify"},
		{"the wrong file", []string{ca, "--token-file=" + filepath.Join(dir, "tokens.yml")}, 1, "the secret alone"},
	} {
		status, stdout, stderr := runToEnd(t, append([]string{"ps", "--format=csv", "--limit=2", url}, tt.args...)...)
		if status != tt.status || !strings.Contains(stdout+stderr, tt.want) || strings.Contains(stdout+stderr+s.log.String(), secret) {
			t.Errorf("%s: exit status %d, %q, %q", tt.name, status, stdout, stderr)
		}
		if status == 0 && strings.Contains(stdout, "--terminal") {
			t.Errorf("%s: a viewer gets command lines: %s", tt.name, stdout)
		}
	}
}

// TestTerminalCompletion: what a shell asks when somebody types.
func TestTerminalCompletion(t *testing.T) {
	for _, tt := range []struct {
		typed []string
		want  string
	}{{[]string{"to"}, "top"}, {[]string{""}, "tree"}, {[]string{"ps", "--form"}, "--format"}, {[]string{"--web.tele"}, "--web.telemetry-path"}} {
		if _, stdout, _ := runToEnd(t, append([]string{"--completion-bash"}, tt.typed...)...); !strings.Contains(stdout, tt.want) {
			t.Errorf("%q is completed by %q", tt.typed, stdout)
		}
	}
}

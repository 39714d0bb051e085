//go:build linux

package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// nobody is the account of nobody.
var nobody = &syscall.Credential{Uid: 65534, Gid: 65534}

// getAs asks over a connection of another account.
func getAs(t *testing.T, account *syscall.Credential, s *server, path string) string {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("SKIP: no bash, which asks as another account")
	}
	host, port, err := net.SplitHostPort(strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf(`exec 3<>/dev/tcp/%s/%s; printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3; cat <&3`, host, port, path)
	cmd := exec.Command(bash, "-c", script)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: account, Pdeathsig: syscall.SIGKILL}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestThisHostIsNotEveryAccount: without tokens root sees everything, and another account
// what the kernel shows it.
func TestThisHostIsNotEveryAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIP: only root can be other accounts")
	}
	s := start(t)
	path := fmt.Sprintf("/api/v1/processes/%d", s.cmd.Process.Pid)
	if _, own := s.get(path); !strings.Contains(own, `"role":"operator"`) || !strings.Contains(own, `"cmdline":`) || !strings.Contains(own, `"cwd":`) {
		t.Errorf("root sees %s", own)
	}
	answer := getAs(t, nobody, s, path)
	if strings.Contains(answer, " 403 ") {
		return // This /proc is mounted with hidepid.
	}
	if !strings.Contains(answer, `"role":"viewer"`) || !strings.Contains(answer, `"resident_bytes":`) {
		t.Errorf("nobody gets %s", answer)
	}
	for _, hidden := range []string{`"cmdline"`, `"exe"`, `"cwd"`, `"io"`, `"open_fds"`, `"descriptors"`, "pss", `"cgroups"`} {
		if strings.Contains(answer, hidden) {
			t.Errorf("nobody sees %s: %s", hidden, answer)
		}
	}
}

// TestOwnAccount: who runs the exporter without further rights sees what it sees, and root
// too; others do not.
func TestOwnAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIP: only root can be other accounts")
	}
	s := startAs(t, nobody)
	path := fmt.Sprintf("/api/v1/processes/%d", s.cmd.Process.Pid)
	for name, account := range map[string]*syscall.Credential{"its own account": nobody, "root": {}} {
		if answer := getAs(t, account, s, path); !strings.Contains(answer, `"role":"operator"`) || !strings.Contains(answer, `"cmdline":`) {
			t.Errorf("%s gets %s", name, answer)
		}
	}
	if answer := getAs(t, &syscall.Credential{Uid: 65533, Gid: 65533}, s, path); strings.Contains(answer, `"cmdline"`) {
		t.Errorf("another account gets %s", answer)
	}
}

// TestForeignHost: a page that made its own name point here gets nothing, and cannot reload; nor
// does what a proxy on this host sends on.
func TestForeignHost(t *testing.T) {
	s := start(t, "--web.enable-lifecycle")
	for path, method := range map[string]string{
		"/": http.MethodGet, "/login": http.MethodGet, "/api/v1/host": http.MethodGet, "/-/reload": http.MethodPost,
	} {
		for _, rest := range []string{
			"1.1\r\nHost: evil.example", "1.1\r\nHost: localhost\r\nOrigin: http://evil.example",
			"1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.7", "1.0\r\nHost: localhost",
		} {
			conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fmt.Fprintf(conn, "%s %s HTTP/%s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", method, path, rest); err != nil {
				t.Fatal(err)
			}
			status, err := bufio.NewReader(conn).ReadString('\n')
			if err != nil || !strings.Contains(status, " 403 ") {
				t.Errorf("%s %s with %q: %q %v", method, path, rest, status, err)
			}
			_ = conn.Close()
		}
	}
	if strings.Contains(s.log.String(), "configuration reloaded") {
		t.Error("it has been reloaded")
	}
}

// TestMetricsShowEveryAccountTheSame: everybody can read them, so they have no executable, which the
// kernel shows only to the owner of a process; and profiles, which have everything, are for operators.
func TestMetricsShowEveryAccountTheSame(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("SKIP: only root can be other accounts")
	}
	s := start(t, "--web.enable-pprof", "--process.top=100000", "--process.max=100000")
	exe := fmt.Sprintf("exe=%q", binary(t))
	for _, answer := range []string{getAs(t, nobody, s, "/metrics"), getAs(t, &syscall.Credential{}, s, "/metrics")} {
		if !strings.Contains(answer, "proctree_process_info{") || strings.Contains(answer, exe) || strings.Contains(answer, `exe="/`) {
			t.Errorf("the metrics have no info, or an executable, such as %s", exe)
		}
	}
	for _, path := range []string{"/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/cmdline", "/debug/pprof/symbol"} {
		if answer := getAs(t, nobody, s, path); !strings.Contains(answer, " 403 ") {
			t.Errorf("%s: nobody gets %.200s", path, answer)
		}
		if answer := getAs(t, &syscall.Credential{}, s, path); !strings.Contains(answer, " 200 ") {
			t.Errorf("%s: root gets %.200s", path, answer)
		}
		if status, body := s.do(http.MethodGet, path, "Host", "proctree.example"); status != http.StatusForbidden {
			t.Errorf("%s: with a foreign Host: %d %.200s", path, status, body)
		}
	}
}

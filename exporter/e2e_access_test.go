//go:build linux

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"proctree/collector/host"
)

// TestOrdinaryUser: what the kernel refuses is absent, and said once.
func TestOrdinaryUser(t *testing.T) {
	var nobody *syscall.Credential
	if os.Geteuid() == 0 {
		nobody = &syscall.Credential{Uid: 65534, Gid: 65534}
	}
	s := startAs(t, nobody, "--scan.max-age=0s")
	for range 3 {
		s.samples()
	}
	all := s.samples()
	if n, _ := all.value("proctree_scan_errors_total", "reason", "permission"); n == 0 {
		t.Error("nothing was refused")
	}
	if n := strings.Count(s.log.String(), "the kernel refused"); n != 1 {
		t.Errorf("said %d times what cannot be seen", n)
	}
	if _, body := s.get("/api/v1/processes/1"); strings.Contains(body, `"read_bytes":0`) {
		t.Errorf("I/O of another user's process as 0: %s", body)
	}
	if status := s.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestBasicAuth: --web.config.file guards everything, as it was when it was accepted last.
func TestBasicAuth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	// The hash is of "secret", at the least cost that bcrypt has.
	write("basic_auth_users:\n  ann: $2a$04$mvTpf0aMnIabdVadJt/96uXB4I0QCe8PwVzmeOmI/mMzfr1Q4fSKC\n")
	s := start(t, "--web.config.file="+file, "--web.enable-lifecycle")
	anonymous, known := s.url, strings.Replace(s.url, "http://", "http://ann:secret@", 1)
	paths := []string{"/metrics", "/", "/-/ready", "/api/v1/tree"}
	for _, path := range paths {
		if status, _ := s.get(path); status != http.StatusUnauthorized {
			t.Errorf("%s without a password: %d", path, status)
		}
	}
	holds := func(when string) {
		t.Helper()
		for _, path := range paths {
			s.url = known
			if status, _ := s.get(path); status != http.StatusOK {
				t.Errorf("%s: %s with the password: %d", when, path, status)
			}
			s.url = anonymous
			if status, _ := s.get(path); status != http.StatusUnauthorized {
				t.Errorf("%s: %s without a password: %d", when, path, status)
			}
		}
	}
	holds("at the start")
	reload := func() int {
		s.url = known
		status, _ := s.do(http.MethodPost, "/-/reload")
		return status
	}
	for _, broken := range []string{"basic_auth_users: [", "x: 1\n", "basic_auth_users: {bob: no hash}\n", "tls_server_config: {cert_file: none.pem, key_file: none.pem}\n"} {
		write(broken)
		holds("broken")
		if status := reload(); status != http.StatusInternalServerError {
			t.Errorf("reload of %q: %d", broken, status)
		}
		holds("rejected")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	holds("without the file")
	write("basic_auth_users: {}\n")
	holds("before the reload")
	if status := reload(); status != http.StatusOK {
		t.Errorf("reload: %d", status)
	}
	s.url = anonymous
	for _, path := range paths {
		if status, _ := s.get(path); status != http.StatusOK {
			t.Errorf("%s, which nobody guards any longer: %d", path, status)
		}
	}
}

// makeToken makes a token as an administrator does.
func makeToken(t *testing.T, name string) (secret, entry string) {
	t.Helper()
	status, stdout, stderr := runToEnd(t, "--api.new-token="+name, "--api.role=viewer")
	if status != 0 {
		t.Fatalf("exit status %d: %s", status, stderr)
	}
	secret = strings.Split(stdout, "\n")[2]
	_, entry, found := strings.Cut(stdout, "\"tokens:\":\n\n")
	if !found || strings.Contains(entry, secret) {
		t.Fatalf("not a secret and an entry without it:\n%s", stdout)
	}
	return secret, entry
}

// TestTokens lets the owner of a token in until the token is taken away.
func TestTokens(t *testing.T) {
	secret, entry := makeToken(t, "grafana")
	_, other := makeToken(t, "other")
	file := filepath.Join(t.TempDir(), "tokens.yml")
	write := func(entry string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("tokens:\n"+entry), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(entry)
	s := start(t, "--api.token-file="+file, "--web.enable-lifecycle")
	status, body := s.do(http.MethodGet, "/api/v1/tree", "Authorization", "Bearer "+secret)
	if status != http.StatusOK || !strings.Contains(body, `"role":"viewer"`) || strings.Contains(body, `"cmdline"`) {
		t.Errorf("with the token: %d, or no viewer, or one who sees command lines", status)
	}
	if status, _ := s.get("/api/v1/tree"); status != http.StatusUnauthorized {
		t.Errorf("without the token: %d", status)
	}
	if status, _ := s.get("/metrics"); status != http.StatusOK {
		t.Errorf("/metrics without the token: %d", status)
	}

	write(other)
	if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
		t.Fatalf("reload: %d %s", status, body)
	}
	if status, _ := s.do(http.MethodGet, "/api/v1/tree", "Authorization", "Bearer "+secret); status != http.StatusUnauthorized {
		t.Errorf("with the token that was taken away: %d", status)
	}
	if strings.Contains(s.log.String(), secret) {
		t.Error("the secret is in the log")
	}
}

// TestRootLacksNothing: who has every capability is not told to grant one.
func TestRootLacksNothing(t *testing.T) {
	if lacking := host.LackingRights("procfs"); len(lacking) > 0 {
		t.Skipf("SKIP: this test lacks %v itself", lacking)
	}
	s := start(t, "--host.reader=procfs", "--scan.max-age=0s")
	s.samples()
	if strings.Contains(s.log.String(), "level=warn") && strings.Contains(s.log.String(), "grant CAP") {
		t.Errorf("root is told to grant a capability:\n%s", s.log)
	}
}

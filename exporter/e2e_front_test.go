//go:build linux

package main

import (
	"context"
	"crypto/tls"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestNamedPipeAtTheFrontDoor: exporter-toolkit opens its file, and those that it names, for
// each caller. Nobody waits for a named pipe: what was accepted last holds, a reload says what is
// wrong, and all goes on when the file is back.
func TestNamedPipeAtTheFrontDoor(t *testing.T) {
	for _, tt := range []struct{ name, pipe string }{
		{"web.yml", "web.yml"}, {"web.yml with TLS", "web.yml"}, {"certificate", "cert.pem"}, {"key", "key.pem"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			scheme, text := "http", "http_server_config: {http2: true}\n"
			pipe := filepath.Join(dir, tt.pipe)
			if tt.name != "web.yml" {
				newCertificate(t, dir)
				scheme, text = "https", withCertificate
			}
			s := startBehind(t, dir, scheme, text)
			// One that stays connected, and one that connects each time.
			kept, fresh := impatient(t, false), impatient(t, true)
			ok := func() bool { return healthy(s, kept) && healthy(s, fresh) }
			s.eventually("an answer", ok)

			if err := os.Rename(pipe, pipe+".away"); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Mkfifo(pipe, 0o600); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if !ok() {
					t.Error("no answer, although what was accepted holds")
				}
			}
			said := strings.Count(s.log.String(), pipe+": is a named pipe")
			if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			s.eventually("one line of the reload", func() bool { return strings.Count(s.log.String(), pipe+": is a named pipe") == said+1 })
			if !ok() {
				t.Error("no answer after the reload")
			}
			if err := os.Rename(pipe+".away", pipe); err != nil {
				t.Fatal(err)
			}
			if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			s.eventually("a reload", func() bool { return strings.Contains(s.log.String(), "configuration reloaded") })
			if !ok() {
				t.Error("no answer when the file is back")
			}
		})
	}
}

// withCertificate is a web configuration that names the files of newCertificate.
const withCertificate = "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"

// startBehind starts an exporter with a web configuration in a directory.
func startBehind(t *testing.T, dir, scheme, text string) *server {
	t.Helper()
	path := filepath.Join(dir, "web.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle", "--web.config.file="+path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s := launch(t, cmd)
	s.url = strings.Replace(s.url, "http:", scheme+":", 1)
	return s
}

// TestCertificatesRotate: a new pair is taken over without a reload, and half of one is not.
func TestCertificatesRotate(t *testing.T) {
	dir := t.TempDir()
	first := newCertificate(t, dir)
	s := startBehind(t, dir, "https", withCertificate)
	shown := func() string {
		t.Helper()
		conn, err := tls.Dial("tcp", strings.TrimPrefix(s.url, "https://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		return string(conn.ConnectionState().PeerCertificates[0].Raw)
	}
	before := shown()
	second := newCertificate(t, t.TempDir())
	if err := os.Rename(second.certFile, first.certFile); err != nil {
		t.Fatal(err)
	}
	if shown() != before {
		t.Error("half of a pair is used")
	}
	if err := os.Rename(second.keyFile, first.keyFile); err != nil {
		t.Fatal(err)
	}
	after := shown()
	if after == before {
		t.Error("the new certificate is not used")
	}
	if err := os.Remove(first.keyFile); err != nil {
		t.Fatal(err)
	}
	if shown() != after {
		t.Error("the certificate goes with its file")
	}
}

// TestTLSIsDecidedAtTheStart: a certificate that nobody is asked for opens no door.
func TestTLSIsDecidedAtTheStart(t *testing.T) {
	dir := t.TempDir()
	newCertificate(t, dir)
	s := startBehind(t, dir, "http", "basic_auth_users: {}\n")
	for _, text := range []string{withCertificate, withCertificate + "  client_auth_type: RequireAndVerifyClientCert\n"} {
		if err := os.WriteFile(filepath.Join(dir, "web.yml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, body := s.do(http.MethodPost, "/-/reload"); status != http.StatusInternalServerError || !strings.Contains(body, "TLS cannot be switched on") {
			t.Errorf("reload: %d %s", status, body)
		}
	}
}

// impatient returns a client that does not wait long.
func impatient(t *testing.T, fresh bool) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: fresh, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// healthy reports whether the exporter answers a client. A connection that is closed is
// none, one that waits is an error.
func healthy(s *server, client *http.Client) bool {
	s.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/-/healthy", http.NoBody)
	if err != nil {
		s.tb.Fatal(err)
	}
	began := time.Now()
	response, err := client.Do(r)
	if ctx.Err() != nil {
		s.tb.Fatalf("no answer and no end within %v: %v", time.Since(began), err)
	}
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}

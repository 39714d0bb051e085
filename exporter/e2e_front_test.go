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
// each caller. Nobody waits for a named pipe, a reload says what is wrong, and all goes on
// when the file is back.
func TestNamedPipeAtTheFrontDoor(t *testing.T) {
	for _, tt := range []struct{ name, pipe string }{
		{"web.yml", "web.yml"}, {"web.yml with TLS", "web.yml"}, {"certificate", "cert.pem"}, {"key", "key.pem"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path, scheme, text := filepath.Join(dir, "web.yml"), "http", "http_server_config: {http2: true}\n"
			pipe := filepath.Join(dir, tt.pipe)
			if tt.name != "web.yml" {
				cert := newCertificate(t, dir)
				scheme, text = "https", "tls_server_config:\n  cert_file: "+filepath.Base(cert.certFile)+"\n  key_file: "+filepath.Base(cert.keyFile)+"\n"
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle", "--web.config.file="+path)
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
			s := launch(t, cmd)
			s.url = strings.Replace(s.url, "http:", scheme+":", 1)
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
				if healthy(s, kept) || healthy(s, fresh) {
					t.Error("an answer without the file that says who may have it")
				}
			}
			if err := s.cmd.Process.Signal(syscall.SIGHUP); err != nil {
				t.Fatal(err)
			}
			line := pipe + ": is a named pipe"
			s.eventually("one line of the door and one of the reload", func() bool { return strings.Count(s.log.String(), line) == 2 })

			if err := os.Rename(pipe+".away", pipe); err != nil {
				t.Fatal(err)
			}
			s.eventually("an answer again", ok)
		})
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

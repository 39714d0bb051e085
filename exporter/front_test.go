package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"proctree/tree-api/access"
)

// users is a web configuration that asks for a password; the hash is of "secret".
const users = "basic_auth_users:\n  ann: $2a$04$mvTpf0aMnIabdVadJt/96uXB4I0QCe8PwVzmeOmI/mMzfr1Q4fSKC\n"

func TestIsClosed(t *testing.T) {
	tests := []struct {
		name, text string
		want       bool
		wantErr    string
	}{
		{name: "empty"},
		{name: "TLS alone", text: "tls_server_config:\n  cert_file: a\n  key_file: b\n"},
		{name: "users", text: users, want: true},
		{name: "no users", text: "basic_auth_users:\n"},
		{
			name: "certificates that are verified",
			text: "tls_server_config:\n  client_auth_type: RequireAndVerifyClientCert\n", want: true,
		},
		{name: "any certificate", text: "tls_server_config:\n  client_auth_type: RequireAnyClientCert\n"},
		{name: "optional certificate", text: "tls_server_config:\n  client_auth_type: VerifyClientCertIfGiven\n"},
		{name: "no YAML", text: "a: [", wantErr: "line 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			front, err := readFrontFile([]byte(tt.text))
			got := front.closed()
			if (err != nil) != (tt.wantErr != "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) || got != tt.want {
				t.Errorf("%v, error %v, want %v, %s", got, err, tt.want, tt.wantErr)
			}
		})
	}
}

// TestFrontDoorIsClosedWhenItsFileGoes: nothing asks who is calling any longer.
func TestFrontDoorIsClosedWhenItsFileGoes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(file, []byte(users), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := parseSettings([]string{"--web.config.file=" + file}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	e := &exporter{settings: s, files: configFiles{settings: s, files: newFiles()}}
	loaded, err := e.files.load(nil)
	if err != nil || loaded.access.FrontRole != access.Operator {
		t.Fatalf("%+v, %v", loaded, err)
	}
	e.current.Store(loaded)
	h := e.guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	status := func() int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/api/v1/tree", http.NoBody))
		return w.Code
	}
	if got := status(); got != http.StatusOK {
		t.Errorf("with users: %d", got)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if got := status(); got != http.StatusForbidden {
		t.Errorf("without the file: %d", got)
	}
}

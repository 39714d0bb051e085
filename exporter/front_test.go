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

func TestFrontDoor(t *testing.T) {
	tests := []struct {
		name, text string
		want       access.Role
		wantErr    string
	}{
		{name: "empty", want: access.None},
		{name: "TLS alone", text: "tls_server_config:\n  cert_file: a\n  key_file: b\n", want: access.None},
		{name: "users", text: "basic_auth_users:\n  ann: hash\n", want: access.Operator},
		{name: "no users", text: "basic_auth_users:\n", want: access.None},
		{
			name: "certificates that are verified",
			text: "tls_server_config:\n  client_auth_type: RequireAndVerifyClientCert\n", want: access.Operator,
		},
		{name: "any certificate", text: "tls_server_config:\n  client_auth_type: RequireAnyClientCert\n", want: access.None},
		{name: "optional certificate", text: "tls_server_config:\n  client_auth_type: VerifyClientCertIfGiven\n", want: access.None},
		{name: "no YAML", text: "a: [", wantErr: "--web.config.file: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "web.yml")
			if err := os.WriteFile(file, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := frontDoor(file).role()
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) || got != access.None {
					t.Errorf("role %v, error %v, want %s", got, err, tt.wantErr)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("role %v, error %v, want %v", got, err, tt.want)
			}
		})
	}
	if role, err := frontDoor("").role(); role != access.None || err != nil {
		t.Errorf("without a file: %v, %v", role, err)
	}
	if _, err := frontDoor("/nonexistent/web.yml").role(); err == nil {
		t.Error("a file that is not there opens the door")
	}
}

// TestFrontDoorIsClosedWhenItsFileGoes: nothing asks who is calling any longer.
func TestFrontDoorIsClosedWhenItsFileGoes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "web.yml")
	if err := os.WriteFile(file, []byte("basic_auth_users:\n  ann: hash\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := frontDoor(file).guard(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
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

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
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

// TestPrivateFile: the content changes as a whole, in memory and on disk.
func TestPrivateFile(t *testing.T) {
	onDisk := &privateFile{dir: t.TempDir()}
	usual, err := newPrivateFile()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*privateFile{onDisk, usual} {
		for _, content := range []string{"long enough", "short", ""} {
			if err := p.put([]byte(content)); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(p.path())
			if err != nil || string(got) != content {
				t.Errorf("%q, %v, want %q", got, err, content)
			}
		}
		p.close()
		if _, err := os.ReadFile(p.path()); err == nil {
			t.Error("it is there after its end")
		}
	}
}

// TestFrontIsCopiedWithItsFiles: what the toolkit reads names no file.
func TestFrontIsCopiedWithItsFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"c.pem", "k.pem", "ca.pem"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("content of "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := configFiles{files: newFiles()}
	for text, want := range map[string]string{
		"":                                   "",
		"a: [":                               "a: [",
		"http_server_config: {http2: false}": "http_server_config: {http2: false}\n",
		"tls_server_config: {cert_file: c.pem, key_file: " + filepath.Join(dir, "k.pem") + ", min_version: TLS12}": "tls_server_config:\n    cert: |\n        content of c.pem\n    key: |\n        content of k.pem\n    min_version: TLS12\n",
		"tls_server_config: &t {client_ca_file: ca.pem, client_auth_type: x}":                                      "tls_server_config:\n    client_ca: |\n        content of ca.pem\n    client_auth_type: x\n",
	} {
		got, err := f.inline(filepath.Join(dir, "web.yml"), []byte(text))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", text, got, err, want)
		}
	}
	if _, err := f.inline(filepath.Join(dir, "web.yml"), []byte("tls_server_config: {cert_file: none.pem}")); err == nil || !strings.Contains(err.Error(), "none.pem: ") {
		t.Errorf("a missing certificate: %v", err)
	}
}

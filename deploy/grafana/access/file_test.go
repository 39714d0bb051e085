package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadAccess(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"nothing":            {"", ""},
		"members untouched":  {"teams: [{name: a}]", ""},
		"unknown key":        {"teams: [{name: a, leader: b}]", "field leader not found"},
		"nameless team":      {"teams: [{members: []}]", "team 1 has no name"},
		"untitled folder":    {"folders: [{permissions: []}]", "folder 1 has no title"},
		"for nobody":         {"folders: [{title: F, permissions: [{may: View}]}]", "folder F: a permission is for a team or for a role"},
		"for two":            {"folders: [{title: F, permissions: [{team: a, role: Viewer, may: View}]}]", "for a team or for a role"},
		"role there is not":  {"folders: [{title: F, permissions: [{role: Guest, may: View}]}]", `must be Viewer or Editor, not "Guest"`},
		"level there is not": {"folders: [{title: F, permissions: [{team: a, may: see}]}]", `must be View, Edit or Admin, not "see"`},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "access.yml")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := readAccess(path)
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestExampleIsRight(t *testing.T) {
	if _, err := readAccess("access.yml"); err != nil {
		t.Error(err)
	}
}

func TestSigningIn(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		env                   map[string]string
		token, user, password string
		fails                 bool
	}{
		"token":    {env: map[string]string{"GRAFANA_TOKEN": "t"}, token: "t"},
		"password": {env: map[string]string{"GRAFANA_USER": "admin", "GRAFANA_PASSWORD_FILE": password}, user: "admin", password: "secret"},
		"no file":  {env: map[string]string{"GRAFANA_USER": "admin", "GRAFANA_PASSWORD_FILE": password + "2"}, fails: true},
		"neither":  {fails: true},
	} {
		token, user, secret, err := credentials(func(name string) string { return test.env[name] })
		if token != test.token || user != test.user || secret != test.password || (err != nil) != test.fails {
			t.Errorf("%s: got %q, %q, %q, %v", name, token, user, secret, err)
		}
	}
}

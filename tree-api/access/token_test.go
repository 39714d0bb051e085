package access_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-kit/log"

	"proctree/tree-api/access"
)

// twoTokens writes a token file and returns the secrets in it.
func twoTokens(tb testing.TB) (path, viewer, operator string) {
	tb.Helper()
	viewer, first := newToken(tb, "grafana", access.Viewer)
	operator, second := newToken(tb, "ann", access.Operator)
	path = filepath.Join(tb.TempDir(), "tokens.yml")
	write(tb, path, "tokens:\n"+first+second)
	return path, viewer, operator
}

func newToken(tb testing.TB, name string, role access.Role) (secret, entry string) {
	tb.Helper()
	secret, entry, err := access.NewToken(name, role)
	if err != nil {
		tb.Fatal(err)
	}
	if strings.Contains(entry, secret) || len(secret) < 40 {
		tb.Fatalf("the entry shows the secret, or the secret is short: %q, %q", secret, entry)
	}
	return secret, entry
}

func write(tb testing.TB, path, text string) {
	tb.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

const (
	local  = "127.0.0.1:4242"
	remote = "192.0.2.7:4242"
)

func TestBearer(t *testing.T) {
	path, viewer, operator := twoTokens(t)
	var logged bytes.Buffer
	control := controlOf(t, access.Config{TokenFile: path, Logger: log.NewLogfmtLogger(&logged)})
	for _, test := range []struct {
		authorization string
		status        int
		role          access.Role
		name          string
	}{
		{"", 401, access.None, ""},
		{"Bearer " + viewer, 200, access.Viewer, "grafana"},
		{"Bearer " + operator, 200, access.Operator, "ann"},
		{"bearer  " + operator, 200, access.Operator, "ann"},
		{"Bearer " + operator + "x", 401, access.None, ""},
		{"Bearer ", 401, access.None, ""},
		{"Bearer", 401, access.None, ""},
		{"Basic " + operator, 401, access.None, ""},
	} {
		for _, from := range []string{local, remote} {
			r := request(t, from, "host.example", "Authorization", test.authorization)
			grant := checkStatus(t, control, r, test.status)
			if grant.Role != test.role || grant.Name != test.name {
				t.Errorf("%q: %s %q, want %s %q", test.authorization, grant.Role, grant.Name, test.role, test.name)
			}
		}
	}
	if text := logged.String(); strings.Contains(text, operator) || !strings.Contains(text, "remote="+remote) {
		t.Errorf("the log shows a secret, or not the address: %s", text)
	}
}

func TestForeignOriginIsRefusedInSpiteOfToken(t *testing.T) {
	path, _, operator := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path})
	r := request(t, remote, "host.example", "Authorization", "Bearer "+operator, "Origin", "https://evil.example")
	checkStatus(t, control, r, http.StatusForbidden)
}

func TestTokenAddsToFrontRole(t *testing.T) {
	path, viewer, operator := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path, FrontRole: access.Viewer})
	for secret, want := range map[string]access.Role{"": access.Viewer, viewer: access.Viewer, operator: access.Operator} {
		r := request(t, remote, "host.example")
		if secret != "" {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		if grant := checkStatus(t, control, r, http.StatusOK); grant.Role != want {
			t.Errorf("role %s, want %s", grant.Role, want)
		}
	}
	checkStatus(t, control, request(t, remote, "host.example", "Authorization", "Bearer wrong"), http.StatusUnauthorized)
}

func TestReload(t *testing.T) {
	path, viewer, operator := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path})
	as := func(secret string, status int) access.Grant {
		t.Helper()
		return checkStatus(t, control, request(t, remote, "h", "Authorization", "Bearer "+secret), status)
	}
	first, second := as(viewer, 200), as(operator, 200)

	write(t, path, "tokens: [")
	if err := control.Reload(); err == nil {
		t.Error("a broken file is accepted")
	}
	as(viewer, 200)
	if !control.Holds(first) || !control.Holds(second) {
		t.Error("a grant is lost with a broken file")
	}

	data, entry := newToken(t, "new", access.Viewer)
	write(t, path, "tokens:\n"+entry)
	if err := control.Reload(); err != nil {
		t.Fatal(err)
	}
	as(viewer, 401)
	as(data, 200)
	if control.Holds(first) || control.Holds(second) {
		t.Error("a grant holds although its token is gone")
	}
}

func TestTokenFileErrors(t *testing.T) {
	hash := "sha256:" + strings.Repeat("ab", 32)
	entry := func(name string) string { return "- {name: " + name + ", role: viewer, hash: \"" + hash + "\"}\n" }
	for text, want := range map[string]string{
		"":                       "no tokens",
		"tokens: []":             "no tokens",
		"- a":                    "line 1: want keys",
		"tokens: 3":              "line 1: tokens: want a list",
		"token: []":              "unknown key \"token\"",
		"tokens: []\ntokens: []": "twice",
		"tokens:\n- {name: a}":   "line 2: want name, role and hash",
		"tokens:\n- a":           "line 2: want keys",
		"tokens:\n" + entry("a") + "- {name: a, role: viewer, hash: \"sha256:" + strings.Repeat("cd", 32) + "\"}": "line 3: the name \"a\" is taken in line 2",
		"tokens:\n" + entry("a") + entry("b"):                             "line 3: \"b\" has the hash of \"a\"",
		"tokens:\n" + strings.Replace(entry("a"), "viewer", "root", 1):    "line 2: role: unknown role \"root\"",
		"tokens:\n" + strings.Replace(entry("a"), hash, "secret", 1):      "line 2: hash: want sha256:",
		"tokens:\n" + strings.Replace(entry("a"), hash, hash[:70]+"z", 1): "line 2: hash: want sha256:",
		"tokens:\n" + entry("\"a b\""):                                    "line 2: name: token name",
		"tokens:\n- {name: a, role: viewer, hash: x, more: 1}":            "hash",
		"tokens:\n- {name: a, name: b, role: viewer}":                     "name is given twice",
		"\t":                              "yaml",
		"tokens: &a [*a]":                 "",
		"# " + strings.Repeat("x", 1<<20): "larger than",
	} {
		path := filepath.Join(t.TempDir(), "tokens.yml")
		write(t, path, text)
		_, err := access.New(access.Config{TokenFile: path})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%.60q: error %v, want %s with %s", text, err, path, want)
		}
		if err != nil && strings.Contains(err.Error(), hash) {
			t.Errorf("%.60q: the error shows the hash: %v", text, err)
		}
	}
	if _, err := access.New(access.Config{TokenFile: "/nonexistent/tokens.yml"}); err == nil {
		t.Error("a token file that is not there is accepted")
	}
}

func TestNewTokenErrors(t *testing.T) {
	for _, name := range []string{"", "a b", "-a", "a\nb", strings.Repeat("a", 65)} {
		if _, _, err := access.NewToken(name, access.Viewer); err == nil {
			t.Errorf("the name %q is accepted", name)
		}
	}
	if _, _, err := access.NewToken("a", access.None); err == nil {
		t.Error("the role none is accepted")
	}
}

func FuzzTokenFile(f *testing.F) {
	f.Add("tokens:\n- {name: a, role: viewer, hash: x}\n")
	f.Add("tokens: &a [*a]")
	f.Add("&a tokens: *a")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "tokens.yml")
		write(t, path, text)
		control, err := access.New(access.Config{TokenFile: path})
		if err != nil {
			return
		}
		if !control.NeedsToken() {
			t.Error("a file without an error leaves the door open")
		}
		checkStatus(t, control, request(t, local, "localhost"), http.StatusUnauthorized)
	})
}

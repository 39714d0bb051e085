package access_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/go-kit/log"

	"proctree/tree-api/access"
)

// held is a policy that a test can change, as a reload does.
type held struct{ access.Policy }

func (h *held) policy() access.Policy { return h.Policy }

// set reads other tokens.
func (h *held) set(tb testing.TB, text string) {
	tb.Helper()
	tokens, err := access.ParseTokens([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	h.Tokens = tokens
}

// twoTokens returns a policy with two tokens, and their secrets.
func twoTokens(tb testing.TB) (files *held, viewer, operator string) {
	tb.Helper()
	viewer, first := newToken(tb, "grafana", access.Viewer)
	operator, second := newToken(tb, "ann", access.Operator)
	files = &held{}
	files.set(tb, "tokens:\n"+first+second)
	return files, viewer, operator
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

const (
	local  = "127.0.0.1:4242"
	remote = "192.0.2.7:4242"
)

func TestBearer(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	var logged bytes.Buffer
	control := controlOf(t, access.Config{Policy: files.policy, Logger: log.NewLogfmtLogger(&logged)})
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
	files, _, operator := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy})
	r := request(t, remote, "host.example", "Authorization", "Bearer "+operator, "Origin", "https://evil.example")
	checkStatus(t, control, r, http.StatusForbidden)
}

func TestTokenAddsToFrontRole(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	files.FrontRole = access.Viewer
	control := controlOf(t, access.Config{Policy: files.policy})
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
	files, viewer, operator := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy})
	as := func(secret string, status int) access.Grant {
		t.Helper()
		return checkStatus(t, control, request(t, remote, "h", "Authorization", "Bearer "+secret), status)
	}
	first, second := as(viewer, 200), as(operator, 200)
	if !control.Holds(first) || !control.Holds(second) {
		t.Error("a grant does not hold")
	}

	data, entry := newToken(t, "new", access.Viewer)
	files.set(t, "tokens:\n"+entry)
	as(viewer, 401)
	as(data, 200)
	if control.Holds(first) || control.Holds(second) {
		t.Error("a grant holds although its token is gone")
	}
	for _, none := range []string{"tokens: []", "tokens:"} {
		files.set(t, none)
		as(data, 401)
		checkStatus(t, control, request(t, local, "localhost"), 401)
	}
}

// TestGrantsOfTheFrontDoorEnd when the users are taken out of its file, or others come.
func TestGrantsOfTheFrontDoorEnd(t *testing.T) {
	files := &held{access.Policy{FrontRole: access.Operator}}
	control := controlOf(t, access.Config{Policy: files.policy})
	grant := checkStatus(t, control, request(t, remote, "h"), 200)
	if !control.Holds(grant) {
		t.Error("a grant does not hold")
	}
	files.FrontRole = access.Viewer
	if control.Holds(grant) {
		t.Error("an operator's grant holds although the door makes viewers now")
	}
	files.set(t, "tokens: []")
	files.FrontRole = access.None
	if control.Holds(grant) {
		t.Error("a grant holds although a token is needed now")
	}
}

func TestTokenFileErrors(t *testing.T) {
	hash := "sha256:" + strings.Repeat("ab", 32)
	entry := func(name string) string { return "- {name: " + name + ", role: viewer, hash: \"" + hash + "\"}\n" }
	for text, want := range map[string]string{
		"":                       "no key \"tokens\"",
		"- a":                    "line 1: must be keys",
		"tokens: 3":              "line 1: tokens: must be a list",
		"token: []":              "unknown key \"token\"",
		"tokens: []\ntokens: []": "twice",
		"tokens:\n- {name: a}":   "line 2: must have name, role and hash",
		"tokens:\n- a":           "line 2: must be keys",
		"tokens:\n" + entry("a") + "- {name: a, role: viewer, hash: \"sha256:" + strings.Repeat("cd", 32) + "\"}": "line 3: the name \"a\" is taken in line 2",
		"tokens:\n" + entry("a") + entry("b"):                             "line 3: \"b\" has the hash of \"a\"",
		"tokens:\n" + strings.Replace(entry("a"), "viewer", "root", 1):    "line 2: role: unknown role \"root\"",
		"tokens:\n" + strings.Replace(entry("a"), "viewer", "none", 1):    "line 2: role: unknown role \"none\"",
		"tokens:\n" + strings.Replace(entry("a"), hash, "secret", 1):      "line 2: hash: must be sha256:",
		"tokens:\n" + strings.Replace(entry("a"), hash, hash[:70]+"z", 1): "line 2: hash: must be sha256:",
		"tokens:\n" + entry("\"a b\""):                                    "line 2: name: token name",
		"tokens:\n- {name: a, role: viewer, hash: x, more: 1}":            "hash",
		"tokens:\n- {name: a, name: b, role: viewer}":                     "name is given twice",
		"\t":              "yaml",
		"tokens: &a [*a]": "",
	} {
		_, err := access.ParseTokens([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60q: error %v, want one line with %s", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), hash) {
			t.Errorf("%.60q: the error shows the hash: %v", text, err)
		}
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
		tokens, err := access.ParseTokens([]byte(text))
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		files := &held{access.Policy{Tokens: tokens}}
		control := controlOf(t, access.Config{Policy: files.policy})
		if !control.NeedsToken() {
			t.Error("a file without an error leaves the door open")
		}
		checkStatus(t, control, request(t, local, "localhost"), http.StatusUnauthorized)
	})
}

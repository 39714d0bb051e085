package treeapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// withTokens makes a token for each role.
func withTokens(tb testing.TB, cfg access.Config) (change func(*Config), viewer, operator string) {
	tb.Helper()
	text := "tokens:\n"
	secrets := map[access.Role]string{}
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		secret, entry, err := access.NewToken(role.String(), role)
		if err != nil {
			tb.Fatal(err)
		}
		secrets[role], text = secret, text+entry
	}
	tokens, err := access.ParseTokens([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	cfg.Policy = func() access.Policy { return access.Policy{Tokens: tokens} }
	control, err := access.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return func(c *Config) { c.Access = control }, secrets[access.Viewer], secrets[access.Operator]
}

func from(remote string) func(*http.Request) {
	return func(r *http.Request) { r.RemoteAddr = remote }
}

func toHost(name string) func(*http.Request) {
	return func(r *http.Request) { r.Host = name }
}

// TestOutsiders asks as somebody who must not see the tree.
func TestOutsiders(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	change, viewer, _ := withTokens(t, access.Config{})
	open, closed := apiOf(t), apiOf(t, change)
	for _, test := range []struct {
		name    string
		api     *API
		edit    func(*http.Request)
		status  int
		kind    string
		want    string
		foreign bool
	}{
		{"another host", open, from("192.0.2.7:1"), 403, "forbidden", "this host alone", false},
		{"another name of the host", open, toHost("evil.example"), 403, "forbidden", "Host", true},
		{"a proxy in between", open, header("X-Forwarded-For", "192.0.2.7"), 403, "forbidden", "proxy", true},
		{"an old proxy in between", open, func(r *http.Request) { r.ProtoMinor = 0 }, 403, "forbidden", "HTTP/1.0", true},
		{"a page of another site", open, header("Origin", "https://evil.example"), 403, "forbidden", "origin", true},
		{"a script of another site", open, header("Sec-Fetch-Site", "cross-site"), 403, "forbidden", "another site", true},
		{"without a token", closed, from("127.0.0.1:1"), 401, "unauthorized", "a token is needed", false},
		{"with a wrong token", closed, header("Authorization", "Bearer "+viewer+"x"), 401, "unauthorized", "not known", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, path := range []string{"/tree", "/processes", "/processes/1", "/host"} {
				response := ask(t, test.api, "/api/v1"+path, test.edit)
				checkFailure(t, schemas, response, test.status, test.kind, test.want)
				if login := response.Header.Get("WWW-Authenticate"); (login != "") != (test.status == 401) {
					t.Errorf("%d with WWW-Authenticate %q", test.status, login)
				}
			}
			page := ask(t, test.api, "/", test.edit)
			body := string(page.Body)
			// What the page of another site or a proxy asks for is refused; anybody else reads how to get in.
			want := http.StatusOK
			if test.foreign {
				want = http.StatusForbidden
			}
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				login := ask(t, test.api, "/login", test.edit, func(r *http.Request) { r.Method = method })
				if login.StatusCode != want || test.foreign && strings.Contains(string(login.Body), "<form") {
					t.Errorf("%s of the form to sign in is %d, want %d: %s", method, login.StatusCode, want, login.Body)
				}
			}
			if page.StatusCode != want || !strings.Contains(body, `href="./metrics"`) {
				t.Errorf("the landing page is %d: %s", page.StatusCode, body)
			}
			if !strings.Contains(body, "--api.token-file") && !strings.Contains(body, `href="login"`) {
				t.Errorf("the landing page does not say how to open the tree: %s", body)
			}
		})
	}
}

// TestViewerAsksForOperatorData holds that a viewer is told so where he asks for command
// lines or paths, and that an operator finds what he asks for, and there alone.
func TestViewerAsksForOperatorData(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	change, viewer, operator := withTokens(t, access.Config{})
	api := apiOf(t, change)
	door := onSocket(t, apiOf(t, change))
	as := func(secret string) func(*http.Request) { return header("Authorization", "Bearer "+secret) }
	for query, found := range map[string]int{
		"match=/var/lib/db&in=cmdline": 1, "match=/var/lib/db&in=exe": 0, "regexp=^/usr/bin/bash$&in=exe&in=name": 1, "in=cmdline": 9,
	} {
		for _, path := range []string{"/api/v1/tree?", "/api/v1/processes?"} {
			const want = "command lines and paths are for operators"
			checkFailure(t, schemas, ask(t, api, path+query, as(viewer)), http.StatusForbidden, "forbidden", want)
			_, refused := door.dial(t, "?"+query, "Authorization", "Bearer "+viewer)
			checkFailure(t, schemas, refused, http.StatusForbidden, "forbidden", want)
			got := ask(t, api, path+query, as(operator))
			if want := fmt.Sprintf(`"matched":%d,`, found); got.StatusCode != http.StatusOK || !strings.Contains(string(got.Body), want) {
				t.Errorf("an operator gets %d for %s, want %s: %s", got.StatusCode, query, want, got.Body)
			}
		}
	}
}

func TestSharing(t *testing.T) {
	const grafana = "https://grafana.example"
	change, viewer, _ := withTokens(t, access.Config{AllowedOrigins: []string{grafana}})
	api := apiOf(t, change)
	preflight := ask(t, api, "/api/v1/tree", header("Origin", grafana), header("Access-Control-Request-Method", "GET"),
		func(r *http.Request) { r.Method = http.MethodOptions })
	if preflight.StatusCode != http.StatusNoContent || preflight.Header.Get("Access-Control-Allow-Origin") != grafana ||
		!strings.Contains(preflight.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
		t.Errorf("preflight: %d %v", preflight.StatusCode, preflight.Header)
	}
	answer := ask(t, api, "/api/v1/tree", header("Origin", grafana), header("Authorization", "Bearer "+viewer))
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Access-Control-Allow-Origin") != grafana ||
		answer.Header.Get("Access-Control-Allow-Credentials") != "" || !strings.Contains(strings.Join(answer.Header.Values("Vary"), ","), "Origin") {
		t.Errorf("answer: %d %v", answer.StatusCode, answer.Header)
	}
	if csp := answer.Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "frame-ancestors "+grafana) || answer.Header.Get("X-Frame-Options") != "" {
		t.Errorf("the origin may not embed the page: %v", answer.Header)
	}
	refused := ask(t, api, "/api/v1/tree", header("Origin", grafana))
	if refused.StatusCode != http.StatusUnauthorized || refused.Header.Get("Access-Control-Allow-Origin") != grafana {
		t.Errorf("a refusal that the page cannot read: %d %v", refused.StatusCode, refused.Header)
	}
	for _, method := range []string{http.MethodGet, http.MethodOptions} {
		other := ask(t, api, "/api/v1/tree", header("Origin", "https://evil.example"), header("Access-Control-Request-Method", "GET"),
			func(r *http.Request) { r.Method = method })
		if other.StatusCode < 400 || other.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s of another origin: %d %v", method, other.StatusCode, other.Header)
		}
	}
}

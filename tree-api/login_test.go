package treeapi

import (
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"

	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

func TestTooManyWrongTokens(t *testing.T) {
	change, _, _ := withTokens(t, access.Config{})
	api := apiOf(t, change)
	for range 6 {
		ask(t, api, "/api/v1/host", header("Authorization", "Bearer wrong"))
	}
	response := ask(t, api, "/api/v1/host", header("Authorization", "Bearer wrong"))
	checkFailure(t, treetest.NewSchemas(t), response, http.StatusTooManyRequests, "too_many_requests", "try again in")
	if response.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", response.Header.Get("Retry-After"))
	}
}

// TestLoginForm goes through the form with a real server and a client that keeps cookies
// as a browser does; below a prefix too, which a proxy takes away.
func TestLoginForm(t *testing.T) {
	for _, prefix := range []string{"", "/hosts/office"} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			change, _, operator := withTokens(t, access.Config{})
			server := httptest.NewServer(http.StripPrefix(prefix, apiOf(t, change)))
			defer server.Close()
			jar, err := cookiejar.New(nil)
			if err != nil {
				t.Fatal(err)
			}
			client := &http.Client{Jar: jar, Transport: server.Client().Transport}
			base := server.URL + prefix
			request := func(method, path, body string) reply {
				r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				return send(t, client, r)
			}
			get := func(path string) reply { return request(http.MethodGet, path, "") }
			post := func(path, secret string) reply { return request(http.MethodPost, path, "token="+secret) }

			if got := get("/api/v1/host"); got.StatusCode != http.StatusUnauthorized {
				t.Errorf("before the login: %d", got.StatusCode)
			}
			wrong := post("/login", "wrong")
			if body := string(wrong.Body); wrong.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "The token is not known.") {
				t.Errorf("a wrong token: %d %s", wrong.StatusCode, body)
			}
			right := post("/login", operator)
			if right.StatusCode != http.StatusOK || right.Path != prefix+"/" {
				t.Errorf("the right token leads to %s: %d", right.Path, right.StatusCode)
			}
			if got := get("/api/v1/host"); got.StatusCode != http.StatusOK || !strings.Contains(string(got.Body), `"links":{"logout":"logout"}`) {
				t.Errorf("after the login: %d %s", got.StatusCode, got.Body)
			}
			out := post("/logout", "")
			if out.Path != prefix+"/login" {
				t.Errorf("the logout leads to %s", out.Path)
			}
			if got := get("/api/v1/host"); got.StatusCode != http.StatusUnauthorized {
				t.Errorf("after the logout: %d", got.StatusCode)
			}
		})
	}
}

func TestLoginRefusals(t *testing.T) {
	change, viewer, _ := withTokens(t, access.Config{})
	api := apiOf(t, change)
	post := func(body string, edit ...func(*http.Request)) reply {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return answerTo(api, r, edit...)
	}
	for name, test := range map[string]struct {
		response reply
		status   int
	}{
		"another site":   {post("token="+viewer, header("Origin", "https://evil.example")), 403},
		"a giant body":   {post("token=" + strings.Repeat("x", 5000)), 400},
		"a broken body":  {post("token=%zz"), 400},
		"no token":       {post(""), 401},
		"token in query": {post("", func(r *http.Request) { r.URL.RawQuery = "token=" + viewer }), 401},
		"another method": {post("", func(r *http.Request) { r.Method = http.MethodPut }), 405},
		"logout by GET":  {ask(t, api, "/logout"), 405},
		"foreign logout": {ask(t, api, "/logout", func(r *http.Request) {
			r.Method = http.MethodPost
			r.Header.Set("Origin", "https://evil.example")
		}), 403},
	} {
		if test.response.StatusCode != test.status || test.response.Header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d with %v, want %d", name, test.response.StatusCode, test.response.Header["Set-Cookie"], test.status)
		}
	}
}

package grafana

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// person is who signs in at a provider that asks nothing.
type person struct {
	Email  string   `json:"email"`
	Name   string   `json:"name"`
	Groups []string `json:"groups"`
}

// startProvider runs an OAuth provider that lets in the person pointed to.
func startProvider(t *testing.T, who *person) string {
	t.Helper()
	answer := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(v); err != nil {
			t.Error(err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		back := url.Values{"code": {"a code"}, "state": {r.FormValue("state")}}
		http.Redirect(w, r, r.FormValue("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"access_token": "a token", "token_type": "Bearer", "expires_in": 600})
	})
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, _ *http.Request) { answer(w, who) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// TestRolesFromOAuth signs in at a real Grafana with the settings of roles/oauth.ini.
func TestRolesFromOAuth(t *testing.T) {
	var who person
	provider := startProvider(t, &who)
	variables := []string{"GF_SECURITY_COOKIE_SECURE=false"} // There is no TLS on loopback.
	for key, value := range settings(t, "roles/oauth.ini") {
		_, name, _ := strings.Cut(key, " ")
		if name == "client_secret" {
			value = "a secret"
		}
		value = strings.Replace(value, "https://login.example.org", provider, 1)
		variables = append(variables, "GF_AUTH_GENERIC_OAUTH_"+strings.ToUpper(name)+"="+value)
	}
	g := start(t, variables...)
	for group, want := range map[string]string{
		"monitoring-viewers": "Viewer", "monitoring-editors": "Editor", "monitoring-admins": "Admin", "others": "", "": "",
	} {
		who = person{Email: group + "@example.org", Name: group, Groups: []string{"staff", group}}
		if got := g.signIn(t); got != want {
			t.Errorf("who is in the group %q has the role %q, want %q", group, got, want)
		}
	}
}

// signIn goes through the provider, and gives the role in the organisation; "" for nobody.
func (g *running) signIn(t *testing.T) (role string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	response, err := client.Get(g.address + "/login/generic_oauth")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	response, err = client.Get(g.address + "/api/user/orgs")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusUnauthorized {
		return ""
	}
	var orgs []struct{ Role string }
	if err := json.NewDecoder(response.Body).Decode(&orgs); err != nil {
		t.Fatal(err)
	}
	if len(orgs) != 1 {
		t.Fatalf("organisations: %v", orgs)
	}
	return orgs[0].Role
}

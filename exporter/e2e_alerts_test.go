//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// withPassword serves a server to ann with the password "secret" only.
func withPassword(t *testing.T, address string) string {
	t.Helper()
	to, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); name != "ann" || password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(door.Close)
	return door.URL
}

// TestAlertsOfPrometheus asks a real Prometheus that wants a password for the alerts of this host.
func TestAlertsOfPrometheus(t *testing.T) {
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(file, text string) string {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	rule := func(alert, instance, wait string) string {
		return fmt.Sprintf("  - {alert: %s, expr: vector(1), for: %s, labels: {instance: %q, severity: critical, group: shop}}\n", alert, wait, instance)
	}
	p := startPrometheusWith(t, nil, "200ms", write("rules.yml", "groups:\n- name: test\n  rules:\n"+
		rule("Mine", name+":10056", "0s")+rule("NotYet", name+":10056", "1h")+rule("Other", "not-"+name+":10056", "0s")))
	(&server{tb: t, done: make(chan struct{})}).eventually("the alerts", func() bool { return len(p.query(`ALERTS{alertstate="firing"}`)) == 2 })
	door := withPassword(t, p.url)

	type answer struct {
		Error string
		Data  struct {
			Total  int
			Alerts []struct {
				Name, Severity string
				Since          float64
				Labels         map[string]string
			}
		}
	}
	ask := func(s *server, want int) (got answer) {
		status, body := s.get("/api/v1/alerts")
		if err := json.Unmarshal([]byte(body), &got); err != nil || status != want {
			t.Fatalf("%d, want %d: %v: %s", status, want, err, body)
		}
		return got
	}
	client := write("client.yml", "basic_auth: {username: ann, password_file: password}\n")
	write("password", "secret")
	s := start(t, "--web.prometheus-url="+door, "--web.prometheus-config="+client)
	got := ask(s, http.StatusOK).Data
	if got.Total != 1 || got.Alerts[0].Name != "Mine" || got.Alerts[0].Labels["group"] != "shop" || got.Alerts[0].Since < 1.6e9 {
		t.Errorf("alerts of %s: %+v, want Mine alone", name, got)
	}
	other := start(t, "--web.prometheus-url="+door, "--web.prometheus-config="+client, "--web.prometheus-instance=not-"+name+":10056")
	if got := ask(other, http.StatusOK).Data; got.Total != 1 || got.Alerts[0].Name != "Other" {
		t.Errorf("alerts of another instance: %+v, want Other alone", got)
	}
	refused := start(t, "--web.prometheus-url="+door)
	if got := ask(refused, http.StatusServiceUnavailable).Error; !strings.Contains(got, "status 401") || strings.Contains(got, door) {
		t.Errorf("without a password the error is %q, want one with the status", got)
	}
	ask(refused, http.StatusServiceUnavailable)
	if lines := strings.Count(refused.log.String(), "Prometheus returns no alerts"); lines != 1 {
		t.Errorf("%d lines in the log for an error that stays, want 1", lines)
	}
	if got := ask(start(t), http.StatusNotFound).Error; !strings.Contains(got, "--web.prometheus-url") {
		t.Errorf("without a Prometheus the error is %q", got)
	}
}

func TestPrometheusFlags(t *testing.T) {
	dir := t.TempDir()
	for name, test := range map[string]struct{ flags, file, want string }{
		"no address":        {"--web.prometheus-instance=a", "", "--web.prometheus-url"},
		"no address either": {"--web.prometheus-config=FILE", "basic_auth: {}", "--web.prometheus-url"},
		"another scheme":    {"--web.prometheus-url=file:///etc/passwd", "", "--web.prometheus-url: not a URL"},
		"a password":        {"--web.prometheus-url=http://a:hunter2@prom:9090", "", "--web.prometheus-config"},
		"no file":           {"--web.prometheus-url=http://prom --web.prometheus-config=/nonexistent", "", "/nonexistent"},
		"no YAML":           {"--web.prometheus-url=http://prom --web.prometheus-config=FILE", "basic_auth: hunter2", "line 1"},
		"unknown key":       {"--web.prometheus-url=http://prom --web.prometheus-config=FILE", "basic: {password: hunter2}", "field basic not found"},
		"two methods":       {"--web.prometheus-url=http://prom --web.prometheus-config=FILE", "bearer_token: hunter2\nbasic_auth: {username: a, password: hunter2}", "at most one"},
		"no certificate":    {"--web.prometheus-url=http://prom --web.prometheus-config=FILE", "tls_config: {ca_file: /nonexistent}", "/nonexistent"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".yml")
			if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, check := range []string{"--no-config.check", "--config.check"} {
				status, _, stderr := runToEnd(t, append(strings.Fields(strings.ReplaceAll(test.flags, "FILE", file)), check, "--web.listen-address=127.0.0.1:0")...)
				line := lastLine(stderr)
				if status != 1 || !strings.Contains(line, test.want) || strings.Contains(stderr, "hunter2") {
					t.Errorf("%s: exit status %d, %q; want 1 and %q", check, status, line, test.want)
				}
			}
		})
	}
}

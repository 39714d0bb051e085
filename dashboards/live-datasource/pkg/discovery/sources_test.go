package discovery

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"proctree/dashboards/live-datasource/pkg/outbound"
)

// sourceURL serves an answer, by its query, and returns a client and the address.
func sourceURL(t *testing.T, answer func(query url.Values) string) (*outbound.Client, *url.URL) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(answer(r.URL.Query())))
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := outbound.New(outbound.Config{Server: "It", Timeout: 5 * time.Second, Body: 1 << 20})
	t.Cleanup(client.Close)
	return client, u
}

// text writes targets as INSTANCE=SCHEME://HOST.
func text(targets []Target) string {
	var lines []string
	for _, t := range targets {
		lines = append(lines, t.Instance+"="+t.URL("").String())
	}
	return strings.Join(lines, " ")
}

func TestListedTargets(t *testing.T) {
	tests := map[string]string{
		"web1:10056":                    "web1:10056=http://web1:10056",
		"https://web1:10056/":           "web1:10056=https://web1:10056",
		"web1=https://10.0.0.7:10056":   "web1=https://10.0.0.7:10056",
		"web1=10.0.0.7:10056":           "web1=http://10.0.0.7:10056",
		"[2001:db8::7]:10056":           "[2001:db8::7]:10056=http://[2001:db8::7]:10056",
		"file:///etc/passwd":            "",
		"gopher://web1:70":              "",
		"http://web1:10056/metrics":     "",
		"http://u:pw@web1:10056":        "",
		"web1/../x":                     "",
		"web1:10056?x=1":                "",
		"web1:10056#x":                  "",
		"u:pw@web1:10056":               "",
		"web1=":                         "",
		"http://":                       "",
		"http://web1:10056?x=http://a/": "",
	}
	for line, want := range tests {
		l, err := newList([]string{line})
		if got := text(l); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", line, got, err, want)
		}
	}
}

// TestPrometheusSaysWhereTargetsAre: what a target calls itself is a name and nothing else.
func TestPrometheusSaysWhereTargetsAre(t *testing.T) {
	client, at := sourceURL(t, func(url.Values) string {
		return `{"status":"success","data":{"activeTargets":[
			{"labels":{"job":"proctree","instance":"web1:10056"},"scrapeUrl":"https://10.0.0.1:10056/metrics?x=1"},
			{"labels":{"job":"proctree","instance":"http://169.254.169.254/latest"},"scrapeUrl":"http://10.0.0.2:10056/metrics"},
			{"labels":{"job":"proctree","instance":"path"},"scrapeUrl":"http://10.0.0.3/latest/meta-data?x"},
			{"labels":{"job":"proctree","instance":"user"},"scrapeUrl":"http://u:pw@10.0.0.4/metrics"},
			{"labels":{"job":"proctree","instance":"file"},"scrapeUrl":"file:///etc/passwd"},
			{"labels":{"job":"proctree","instance":"broken"},"scrapeUrl":"http://%zz"},
			{"labels":{"job":"node","instance":"other"},"scrapeUrl":"http://10.0.0.5:9100/metrics"}]}}`
	})
	targets, err := prometheusSource{client, at, "proctree"}.Targets(t.Context())
	const want = "web1:10056=https://10.0.0.1:10056 http://169.254.169.254/latest=http://10.0.0.2:10056 " +
		"path=http://10.0.0.3 user=http://10.0.0.4"
	if got := text(targets); got != want || err != nil {
		t.Errorf("got  %q, %v\nwant %q", got, err, want)
	}
}

// TestThePoolIsAskedFirst: it mostly has the job's name.
func TestThePoolIsAskedFirst(t *testing.T) {
	const one = `{"labels":{"job":"proctree","instance":"web1"},"scrapeUrl":"http://10.0.0.1:10056/metrics"}`
	for name, pool := range map[string]string{"named as the job": "proctree", "named otherwise": "hosts"} {
		var asked []string
		client, at := sourceURL(t, func(query url.Values) string {
			asked = append(asked, query.Get("scrapePool"))
			list := ""
			if in := query.Get("scrapePool"); in == "" || in == pool {
				list = one
			}
			return `{"status":"success","data":{"activeTargets":[` + list + `]}}`
		})
		targets, err := prometheusSource{client, at, "proctree"}.Targets(t.Context())
		if len(targets) != 1 || err != nil || len(asked) > 2 || asked[0] != "proctree" {
			t.Errorf("%s: %v, %v, asked %q", name, targets, err, asked)
		}
	}
}

func TestHTTPServiceDiscovery(t *testing.T) {
	client, at := sourceURL(t, func(url.Values) string {
		return `[{"targets":["10.0.0.1:10056","10.0.0.2:10056"]},
			{"targets":["10.0.0.3:10056"],"labels":{"instance":"web3","__scheme__":"https","team":"a"}},
			{"targets":["10.0.0.4:10056/x?y","http://10.0.0.5"],"labels":{}},
			{"targets":["10.0.0.6:10056"],"labels":{"__scheme__":"file"}}]`
	})
	targets, err := httpSource{client, at}.Targets(t.Context())
	const want = "10.0.0.1:10056=http://10.0.0.1:10056 10.0.0.2:10056=http://10.0.0.2:10056 web3=https://10.0.0.3:10056"
	if got := text(targets); got != want || err != nil {
		t.Errorf("got  %q, %v\nwant %q", got, err, want)
	}
}

func TestSourcesThatAreNone(t *testing.T) {
	for _, answer := range []string{``, `<html>`, `{"status":"error"}`, `[]`, `7`} {
		client, at := sourceURL(t, func(url.Values) string { return answer })
		if targets, err := (prometheusSource{client, at, "proctree"}).Targets(t.Context()); err == nil {
			t.Errorf("Prometheus says %q: %v", answer, targets)
		}
		if targets, err := (httpSource{client, at}).Targets(t.Context()); err == nil && answer != `[]` {
			t.Errorf("the service says %q: %v", answer, targets)
		}
	}
}

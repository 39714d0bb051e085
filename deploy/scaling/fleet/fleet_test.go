package fleet

import (
	"encoding/json"
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	first = `# HELP c_total A counter.
# TYPE c_total counter
c_total{group="a b"} 100
c_total{group="idle"} 7
# TYPE g gauge
g 10.5
still 1
`
	second = `# HELP c_total A counter.
# TYPE c_total counter
c_total{group="a b"} 130
c_total{group="idle"} 7
# TYPE g gauge
g 12.5
still 1
new 3
`
)

func template(t *testing.T) *Template {
	t.Helper()
	made, err := NewTemplate(first, second, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// samples reads a scrape of a host.
func samples(t *testing.T, made *Template, host int, since time.Duration) map[string]float64 {
	t.Helper()
	all := make(map[string]float64)
	for line := range strings.Lines(string(made.Append(nil, host, since))) {
		if name, text, ok := splitSample(line); ok {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Fatal(err)
			}
			all[name] = value
		}
	}
	return all
}

func TestTemplate(t *testing.T) {
	made := template(t)
	if made.Len() != 5 || made.Changing() != 2 {
		t.Errorf("%d series, of which %d change", made.Len(), made.Changing())
	}
	was := samples(t, made, 0, 0)
	for since := time.Second; since < time.Hour; since += time.Second {
		now := samples(t, made, 0, since)
		if rise := now[`c_total{group="a b"}`] - was[`c_total{group="a b"}`]; rise < 0 || rise > 7 {
			t.Fatalf("after %v the counter rose by %v, of which 3 a second are usual", since, rise)
		}
		if now["g"] < 9 || now["g"] > 16 {
			t.Fatalf("after %v the gauge is %v", since, now["g"])
		}
		if now["still"] != 1 || now[`c_total{group="idle"}`] != 7 || now["new"] != 3 {
			t.Fatalf("after %v what stood still has moved: %v", since, now)
		}
		was = now
	}
}

func TestHostsDiffer(t *testing.T) {
	made := template(t)
	one, other := samples(t, made, 1, time.Hour), samples(t, made, 2, time.Hour)
	if one[`c_total{group="a b"}`] == other[`c_total{group="a b"}`] || one["g"] == other["g"] {
		t.Errorf("two hosts are the same: %v, %v", one, other)
	}
}

func TestNoTemplate(t *testing.T) {
	for name, scrape := range map[string]string{"empty": "", "comments": "# TYPE a gauge\n", "no number": "a b\n"} {
		if _, err := NewTemplate(scrape, scrape, time.Second); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := NewTemplate(first, second, 0); err == nil {
		t.Error("no time between: no error")
	}
}

func TestFleet(t *testing.T) {
	server := httptest.NewServer(New(template(t), 3).Handler())
	defer server.Close()
	get := func(path string) (int, string) {
		t.Helper()
		response, err := server.Client().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(body)
	}
	_, body := get("/targets")
	var groups []targetGroup
	if err := json.Unmarshal([]byte(body), &groups); err != nil || len(groups) != 3 {
		t.Fatalf("%d targets, %v", len(groups), err)
	}
	if status, body := get(groups[2].Labels["__metrics_path__"]); status != 200 || !strings.Contains(body, "\nstill 1\n") {
		t.Errorf("%d: %s", status, body)
	}
	for _, path := range []string{"/host/3/metrics", "/host/-1/metrics", "/host/x/metrics"} {
		if status, _ := get(path); status != 404 {
			t.Errorf("%s: %d", path, status)
		}
	}
}

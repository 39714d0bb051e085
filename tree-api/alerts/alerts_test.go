package alerts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// vector is an answer of Prometheus with these samples.
func vector(samples ...string) string {
	return `{"status":"success","data":{"resultType":"vector","result":[` + strings.Join(samples, ",") + `]}}`
}

// fake is a Prometheus that answers in one way.
func fake(t *testing.T, answer http.HandlerFunc, change ...func(*Config)) *Source {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	cfg := Config{URL: server.URL + "/prom/", Host: "web-1.example.com"}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func text(answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }
}

func TestFiring(t *testing.T) {
	var path, query string
	s := fake(t, func(w http.ResponseWriter, r *http.Request) {
		path, query = r.URL.Path, r.URL.Query().Get("query")
		_, _ = io.WriteString(w, vector(
			`{"metric":{"__name__":"ALERTS_FOR_STATE","alertname":"Leak","severity":"warning","instance":"web-1:10056","group":"shop"},"value":[1790000000,"1789990000"]}`,
			`{"metric":{"__name__":"ALERTS_FOR_STATE","alertname":"Older","severity":"critical"},"value":[1790000000,"1789990000"]}`,
			`{"metric":{"__name__":"ALERTS_FOR_STATE","alertname":"Newer","severity":"critical"},"value":[1790000000,"1789999000"]}`,
			`{"metric":{"__name__":"ALERTS","alertname":"NoTime","alertstate":"firing"},"value":[1790000000,"1"]}`,
			`{"metric":{"__name__":"ALERTS","alertname":"Note","alertstate":"firing","severity":"info"},"value":[1790000000,"NaN"]}`,
		))
	})
	got, err := s.Firing(t.Context())
	if err != nil || got.Total != 5 || time.Since(got.Time) > time.Minute {
		t.Fatalf("%+v, %v", got, err)
	}
	var lines []string
	for _, a := range got.Alerts {
		since := int64(0)
		if !a.Since.IsZero() {
			since = a.Since.Unix()
		}
		lines = append(lines, fmt.Sprint(a.Name, " ", a.Severity, " ", since, " ", a.Labels))
	}
	want := []string{
		"Newer critical 1789999000 map[]", "Older critical 1789990000 map[]",
		"Leak warning 1789990000 map[group:shop instance:web-1:10056]", "NoTime  0 map[]", "Note info 0 map[]",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("alerts\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if path != "/prom/api/v1/query" || !strings.Contains(query, `alertstate="firing"`) {
		t.Errorf("asked for %s, %s", path, query)
	}
}

func TestInstances(t *testing.T) {
	byHost := regexp.MustCompile("^(?:" + byName("web-1.example.com") + ")$")
	for instance, want := range map[string]bool{
		"web-1": true, "web-1:10056": true, "WEB-1.example.com:10056": true, "web-1.example.com": true, "web-1.other:1": true,
		"web-10:10056": false, "xweb-1": false, "web-1:a": false, "web-1.x:1:2": false, "": false,
	} {
		if byHost.MatchString(instance) != want {
			t.Errorf("%q is found by the name of the host: %v, want %v", instance, !want, want)
		}
	}
	if got, want := query(Config{Instance: "a\"b\\c\n"}), `instance="a\"b\\c\n"`; !strings.Contains(got, want) {
		t.Errorf("%s does not hold %s", got, want)
	}
	if got := query(Config{Host: `x"}.*`}); !strings.Contains(got, `"(?i:x\"\\}(`) {
		t.Errorf("the name of the host is not quoted: %s", got)
	}
}

func TestNoAnswer(t *testing.T) {
	const secret = "hunter2"
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"not JSON":     {text("<html>"), "status 200 and no vector"},
		"an error":     {text(`{"status":"error","error":"` + secret + `"}`), "no vector"},
		"a matrix":     {text(`{"status":"success","data":{"resultType":"matrix","result":[]}}`), "no vector"},
		"unauthorized": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }, "status 401"},
		"a redirect":   {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://"+secret, http.StatusFound) }, "status 302"},
		"too long":     {text(vector(`{"metric":{"a":"` + strings.Repeat("x", maxBytes) + `"},"value":[1,"1"]}`)), "more than 1048576 bytes"},
		"cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "{")
		}, "cannot be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fake(t, test.answer).Firing(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("error %v, want one with %q and nothing of the server", err, test.want)
			}
		})
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestErrorsDoNotNameTheAddress(t *testing.T) {
	for cause, want := range map[error]string{
		context.DeadlineExceeded:                       "did not answer within 5s",
		errors.New("dial tcp 10.1.2.3:9090: no route"): "cannot be reached",
	} {
		s := fake(t, text(""), func(c *Config) {
			c.Client = &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) { return nil, cause })}
		})
		_, err := s.Firing(t.Context())
		failure, ok := errors.AsType[*Error](err)
		if !ok || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "10.1.2.3") || !errors.Is(failure.Cause, cause) {
			t.Errorf("error %v, want one with %q, and the cause for the log", err, want)
		}
	}
}

// TestOneRequestForAll lets many ask at once, of a Prometheus that works and of one that does not.
func TestOneRequestForAll(t *testing.T) {
	for name, answer := range map[string]string{"works": vector(), "fails": ""} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			var changes []error
			s := fake(t, func(w http.ResponseWriter, _ *http.Request) {
				asked.Add(1)
				_, _ = io.WriteString(w, answer)
			}, func(c *Config) { c.OnChange = func(err error) { changes = append(changes, err) } })
			var wait sync.WaitGroup
			for range 50 {
				wait.Go(func() {
					if _, err := s.Firing(t.Context()); (err == nil) != (answer != "") {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if asked.Load() != 1 {
				t.Errorf("Prometheus was asked %d times, want once", asked.Load())
			}
			if want := map[string]int{"works": 0, "fails": 1}[name]; len(changes) != want {
				t.Errorf("the log has %d lines, want %d", len(changes), want)
			}
		})
	}
}

// TestTheFirstOneLeaves holds that an answer for all does not end with the page that asked for it.
func TestTheFirstOneLeaves(t *testing.T) {
	s := fake(t, text(vector()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Firing(ctx); err != nil {
		t.Error(err)
	}
}

func TestManyAlerts(t *testing.T) {
	samples := make([]string, Most+50)
	for i := range samples {
		severity := "warning"
		if i == Most+10 {
			severity = "critical"
		}
		samples[i] = fmt.Sprintf(`{"metric":{"alertname":"A%d","severity":%q},"value":[1,"1790000000"]}`, i, severity)
	}
	got, err := fake(t, text(vector(samples...))).Firing(t.Context())
	if err != nil || got.Total != Most+50 || len(got.Alerts) != Most || got.Alerts[0].Severity != "critical" {
		t.Errorf("%d of %d alerts, the first is %+v, %v", len(got.Alerts), got.Total, got.Alerts[0], err)
	}
}

func TestNewRefuses(t *testing.T) {
	for address, want := range map[string]string{
		"":                      "not a URL",
		"prom:9090":             "not a URL",
		"file:///etc/passwd":    "not a URL",
		"http://":               "not a URL",
		"http://a:hunter2@prom": "--web.prometheus-config",
		"http://prom/?token=1":  "query",
		"http://prom/#x":        "fragment",
		"http://prom:9090/\x00": "not a URL",
	} {
		if _, err := New(Config{URL: address}); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: error %v, want one with %q", address, err, want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(vector(`{"metric":{"alertname":"A"},"value":[1,"1790000000"]}`))
	f.Add(`{"status":"success","data":{"resultType":"vector","result":[{"value":[null,{}]}]}}`)
	f.Fuzz(func(t *testing.T, answer string) {
		s, err := New(Config{URL: "http://prom", Client: &http.Client{Transport: roundTripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(answer))}, nil
		})}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Firing(t.Context())
		if err != nil && got.Total != 0 {
			t.Errorf("%+v beside the error %v", got, err)
		}
		for _, a := range got.Alerts {
			if !a.Since.IsZero() && (a.Since.Unix() < 1 || a.Since.Year() > 2200) {
				t.Errorf("since %v", a.Since)
			}
		}
	})
}

// Package alerts asks Prometheus which alerts of this host are firing.
package alerts

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Bounds of what Prometheus can make the exporter do.
const (
	timeout = 5 * time.Second
	// fresh is how long an answer is kept, an error too: all pages that are open share it.
	fresh    = 15 * time.Second
	maxBytes = 1 << 20
	// Most is how many alerts are listed, the most severe first.
	Most = 200
)

// Config says where to ask.
type Config struct {
	// URL is the address of Prometheus.
	URL string
	// Instance is the value of the label instance of this host's alerts; "" finds it by the name
	// of the host.
	Instance string
	// Host is the name of the host.
	Host string
	// Client adds what Prometheus asks for: a password, a token, certificates.
	Client *http.Client
	// OnChange is told of the first error, and of the first success after one.
	OnChange func(err error)
}

// Alert is an alert that is firing.
type Alert struct {
	Name     string
	Severity string
	// Since is when its condition became true; zero is not known.
	Since time.Time
	// Labels are all others.
	Labels map[string]string
}

// Firing are the alerts at a moment.
type Firing struct {
	Time time.Time
	// Total counts the alerts before those beyond Most were left out.
	Total  int
	Alerts []Alert
}

// Source asks Prometheus, once for all who want to know. Safe for concurrent use.
type Source struct {
	cfg Config
	ask string

	mu sync.Mutex
	// asked is when the last answer, or error, came.
	asked  time.Time
	last   Firing
	err    error
	failed bool
}

// New returns a source. It asks nothing before the first call.
func New(cfg Config) (*Source, error) {
	u, err := url.Parse(cfg.URL)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("not a URL; set one such as http://127.0.0.1:9090")
	case u.User != nil:
		return nil, errors.New("names a user; set the password in a file with --web.prometheus-config")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("has a query or a fragment; set the address that Prometheus is served at")
	}
	client := &http.Client{}
	if cfg.Client != nil {
		*client = *cfg.Client
	}
	client.Timeout = timeout
	// A redirect could take the password elsewhere.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cfg.Client = client
	u = u.JoinPath("api/v1/query")
	u.RawQuery = url.Values{"query": {query(cfg)}, "timeout": {timeout.String()}}.Encode()
	return &Source{cfg: cfg, ask: u.String()}, nil
}

// query asks for the firing alerts, with the moment since when as their value. Where only ALERTS is
// kept, the value is 1.
func query(cfg Config) string {
	selector := `instance="` + quote(cfg.Instance) + `"`
	if cfg.Instance == "" {
		selector = `instance=~"` + quote(byName(cfg.Host)) + `"`
	}
	firing := `ALERTS{alertstate="firing", ` + selector + `}`
	return `ALERTS_FOR_STATE{` + selector + `} and ignoring (alertstate) ` + firing + ` or ignoring (alertstate) ` + firing
}

// byName is the expression for the instances of a host: its name, with or without its domain and a port.
func byName(host string) string {
	short, _, _ := strings.Cut(host, ".")
	return `(?i:` + regexp.QuoteMeta(short) + `(\.[^:]+)?(:[0-9]+)?)`
}

// quote escapes a text for a string of PromQL.
func quote(text string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(text)
}

// Firing returns the alerts that are firing, at most a few seconds old.
func (s *Source) Firing(ctx context.Context) (Firing, error) {
	// Who waits for the lock gets the answer to the request that holds it.
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.asked) < fresh {
		return s.last, s.err
	}
	// The answer is for all who wait: it does not end with the one who asked first.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	s.last, s.err = s.read(ctx)
	s.asked = time.Now()
	if failed := s.err != nil; failed != s.failed {
		s.failed = failed
		if s.cfg.OnChange != nil {
			s.cfg.OnChange(s.err)
		}
	}
	return s.last, s.err
}

// sorted puts the most severe first, and then the newest.
func sorted(list []Alert) []Alert {
	slices.SortFunc(list, func(a, b Alert) int {
		return cmp.Or(
			cmp.Compare(rank(a.Severity), rank(b.Severity)),
			b.Since.Compare(a.Since),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(fmt.Sprint(a.Labels), fmt.Sprint(b.Labels)),
		)
	})
	return list
}

// rank orders the severities that rules use; an unknown one is in between.
func rank(severity string) int {
	switch strings.ToLower(severity) {
	case "critical", "page", "emergency", "high":
		return 0
	case "error", "major":
		return 1
	case "info", "low", "none":
		return 4
	case "warning", "minor", "medium":
		return 2
	}
	return 3
}

//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/deploy/programs"
)

// tool returns the path of a program of Prometheus' own, of which `make test` puts pinned
// versions on PATH.
func tool(t *testing.T, name string) string {
	t.Helper()
	return programs.Tool(t, name, "`make test` builds it")
}

// TestPromtoolHasNoComplaint leaves the system collectors out: their metrics have
// node_exporter's names, whose spelling promtool does not like.
func TestPromtoolHasNoComplaint(t *testing.T) {
	promtool := tool(t, "promtool")
	_, body := start(t).get("/metrics")
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = strings.NewReader(body)
	out, err := check.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "proctree_system_") {
			t.Error(line)
		}
	}
}

// examples returns the fenced blocks of a language in the pages that users see first.
func examples(t *testing.T, language string) []string {
	t.Helper()
	blocks := slices.Concat(fenced(t, "../README.md", language), fenced(t, "../docs/queries.md", language))
	if len(blocks) == 0 {
		t.Fatalf("there are no examples in %s", language)
	}
	return blocks
}

// fenced returns the fenced blocks of a language in a page.
func fenced(t *testing.T, page, language string) []string {
	t.Helper()
	var blocks []string
	for _, m := range regexp.MustCompile("(?ms)^```"+language+"\n(.*?)^```$").FindAllStringSubmatch(readText(t, page), -1) {
		blocks = append(blocks, m[1])
	}
	return blocks
}

// promServer is a real Prometheus that scrapes the exporter.
type promServer struct {
	t   *testing.T
	url string
	// programs are what has to stop for no scrape to happen.
	programs []*programs.Program
}

// startPrometheus scrapes the exporter at an interval such as "1s".
func startPrometheus(t *testing.T, target *server, interval string, flags ...string) *promServer {
	t.Helper()
	targets := map[string]string{"proctree": strings.TrimPrefix(target.url, "http://")}
	return startPrometheusWith(t, targets, interval, "", flags...)
}

// startPrometheusWith scrapes one target per job and evaluates a file of rules, if there is one.
func startPrometheusWith(t *testing.T, targets map[string]string, interval, rules string, flags ...string) *promServer {
	t.Helper()
	program, dir := tool(t, "prometheus"), t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	var text strings.Builder
	fmt.Fprintf(&text, "global: {scrape_interval: %s, scrape_timeout: %[1]s, evaluation_interval: %[1]s}\n", interval)
	if rules != "" {
		path, err := filepath.Abs(rules)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&text, "rule_files: [%q]\n", path)
	}
	text.WriteString("scrape_configs:\n")
	for job, address := range targets {
		fmt.Fprintf(&text, "- job_name: %s\n  static_configs:\n  - targets: [%q]\n", job, address)
	}
	if err := os.WriteFile(config, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := programs.Run(t, programs.Config{Path: program, Ready: "/-/ready", Args: append([]string{
		"--config.file=" + config, "--storage.tsdb.path=" + filepath.Join(dir, "data"), "--web.listen-address=ADDRESS",
	}, flags...)})
	return &promServer{t: t, url: p.URL, programs: []*programs.Program{p}}
}

// query returns the values of an instant query, by the text of their labels.
func (p *promServer) query(promql string) map[string]string {
	p.t.Helper()
	return p.ask(promql, url.Values{"query": {promql}})
}

// queryAt is query at a time in seconds since 1970.
func (p *promServer) queryAt(promql string, at float64) map[string]string {
	p.t.Helper()
	return p.ask(promql, url.Values{"query": {promql}, "time": {strconv.FormatFloat(at, 'f', 3, 64)}})
}

func (p *promServer) ask(promql string, parameters url.Values) map[string]string {
	p.t.Helper()
	s := &server{tb: p.t, url: p.url}
	_, body := s.get("/api/v1/query?" + parameters.Encode())
	var answer struct {
		Status, Error string
		Data          struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		p.t.Fatalf("%s: %v: %s", promql, err, body)
	}
	if answer.Status != "success" {
		p.t.Fatalf("%s: %s", promql, answer.Error)
	}
	values := make(map[string]string)
	for _, r := range answer.Data.Result {
		values[fmt.Sprint(r.Metric)] = fmt.Sprint(r.Value[1])
	}
	return values
}

// TestPrometheus lets a real Prometheus scrape the exporter, configured as the README
// shows it, and asks all that the README asks.
func TestPrometheus(t *testing.T) {
	config := filepath.Join(t.TempDir(), "proctree.yml")
	if err := os.WriteFile(config, []byte(examples(t, "yaml")[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	burn(t)
	s := start(t, "--config.file="+config, "--scan.max-age=100ms")
	p := startPrometheus(t, s, "200ms")

	queries := []string{"up == 1", "min(proctree_scrape_collector_success) == 1"}
	for _, block := range examples(t, "promql") {
		queries = append(queries, strings.Split(strings.TrimSpace(block), "\n\n")...)
	}
	for _, query := range queries {
		deadline := time.Now().Add(patience)
		values := p.query(query)
		for ; len(values) == 0 && time.Now().Before(deadline); values = p.query(query) {
			time.Sleep(100 * time.Millisecond)
		}
		if len(values) == 0 {
			t.Errorf("no data for: %s", query)
		}
		for labels, value := range values {
			if value == "NaN" {
				t.Errorf("not a number for %s: %s", labels, query)
			}
		}
	}
}

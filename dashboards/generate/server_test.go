package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/deploy/programs"
	"proctree/deploy/stack/faster"
)

// startExporters builds the exporter and runs it with all collectors on, once with the
// default names of the host's metrics and once with those of node_exporter.
func startExporters(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "proctree_exporter")
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "../..", "-o", program, "./exporter")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the exporter: %v\n%s", err, out)
	}
	write(t, filepath.Join(dir, "proctree.yml"), "groups:\n- name: nowhere\n  group: missing\n- name: .+\n  group: '{{.Name}}'\n")
	write(t, filepath.Join(dir, "a.prom"), "backup_age_seconds 1\n")
	var addresses []string
	for _, namespace := range []string{"proctree_system", "node"} {
		addresses = append(addresses, programs.Run(t, programs.Config{Path: program, Ready: "/-/ready", Args: []string{
			"--web.listen-address=ADDRESS", "--config.file=" + filepath.Join(dir, "proctree.yml"),
			"--collector.group_proportional_memory", "--collector.group_sockets", "--collector.group_network",
			"--collector.textfile.directory=" + dir, "--collector.system.namespace=" + namespace,
		}}).Address)
	}
	return addresses
}

// easyLimits make two samples enough history for an anomaly, and nothing too small for one.
var easyLimits = map[string]string{"proctree:threshold:anomaly_samples": "2", "proctree:threshold:anomaly_floor": "0.01"}

// startPrometheus runs a real Prometheus, of which `make test` puts a pinned version on PATH,
// with the rules of alerting-rules on a faster clock.
func startPrometheus(t *testing.T, exporters ...string) prometheusServer {
	t.Helper()
	program := programs.Tool(t, "prometheus", "`make test` builds it")
	dir := t.TempDir()
	rules, err := filepath.Glob("../../alerting-rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range rules {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text, err = faster.Rules(text, easyLimits)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "rules", filepath.Base(path)), string(text))
	}
	config := filepath.Join(dir, "prometheus.yml")
	write(t, config, fmt.Sprintf("global: {scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 1s}\n"+
		"rule_files: [%q]\nscrape_configs:\n- job_name: proctree\n  static_configs:\n  - targets: [%s]\n",
		filepath.Join(dir, "rules", "*.yml"), strings.Join(exporters, ", ")))
	return serve(t, program, config, filepath.Join(dir, "data"))
}

// serve runs a Prometheus until the test ends.
func serve(t *testing.T, program, config, data string) prometheusServer {
	t.Helper()
	return prometheusServer{span: 30 * time.Second, address: programs.Run(t, programs.Config{
		Path: program, Ready: "/-/ready",
		Args: []string{"--config.file=" + config, "--storage.tsdb.path=" + data, "--web.listen-address=ADDRESS"},
	}).URL}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// prometheusServer is a Prometheus that runs.
type prometheusServer struct {
	address string
	// span is how long the range is that is asked about, and end its end; now, where it is zero.
	span time.Duration
	end  time.Time
}

// sample is the labels of a series that has a value.
type sample map[string]string

// ask evaluates an expression as Grafana would: at the end of the range, or over it.
func (p prometheusServer) ask(ctx context.Context, expr string, instant bool) ([]sample, error) {
	now := p.end
	if now.IsZero() {
		now = time.Now()
	}
	form := url.Values{"query": {expr}, "time": {unix(now)}}
	path := "/api/v1/query"
	if !instant {
		path = "/api/v1/query_range"
		form = url.Values{"query": {expr}, "start": {unix(now.Add(-p.span))}, "end": {unix(now)}, "step": {(p.span / 30).String()}}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.address+path+"?"+form.Encode(), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode == http.StatusServiceUnavailable {
		return nil, errors.New("not ready")
	}
	var answer struct {
		Error string
		Data  struct {
			Result []struct {
				Metric sample
				Value  []any
				Values [][]any
			}
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return nil, fmt.Errorf("%s: %w", expr, err)
	}
	if answer.Error != "" {
		return nil, fmt.Errorf("%s: %s", expr, answer.Error)
	}
	var found []sample
	for _, result := range answer.Data.Result {
		for _, value := range append(result.Values, result.Value) {
			if len(value) == 2 && value[1] != "NaN" {
				found = append(found, result.Metric)
				break
			}
		}
	}
	return found, nil
}

func unix(at time.Time) string { return fmt.Sprintf("%.3f", float64(at.UnixMilli())/1000) }

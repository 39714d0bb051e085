package prometheus

import (
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"proctree/deploy/programs"
)

// program finds a real program, or skips the test.
func program(t *testing.T, name string) string {
	t.Helper()
	return programs.Tool(t, name, "`make test` builds it")
}

// discovering is prometheus.yml with its scrape_configs taken from a file of sd/, which is
// what the comments of those files say. The edits are made to that file.
func discovering(t *testing.T, file string, edits ...string) string {
	t.Helper()
	config := install(t)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`(?m)^scrape_configs:\n(?:[ #-].*\n|\n)*`)
	replaced := section.ReplaceAllString(string(text), "scrape_config_files: [sd/"+file+"]\n")
	if !section.Match(text) || strings.Contains(replaced, "job_name") {
		t.Fatal("prometheus.yml has no scrape_configs that can be replaced")
	}
	part, err := os.ReadFile("sd/" + file)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(config)
	for path, text := range map[string]string{
		"prometheus.yml":             replaced,
		"sd/" + file:                 strings.NewReplacer(edits...).Replace(string(part)),
		"sd/secrets/consul_token":    "secret",
		"sd/secrets/inventory_token": "secret",
	} {
		path = filepath.Join(dir, path)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return config
}

func TestDiscoveryIsRight(t *testing.T) {
	promtool := program(t, "promtool")
	files, err := filepath.Glob("sd/*.yml")
	if err != nil || len(files) != 4 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			config := discovering(t, filepath.Base(file))
			out, err := exec.CommandContext(t.Context(), promtool, "check", "config", config).CombinedOutput()
			if err != nil {
				t.Errorf("%v: %s", err, out)
			}
			broken := discovering(t, filepath.Base(file), "_sd_configs:", "_sd_config:")
			if exec.CommandContext(t.Context(), promtool, "check", "config", broken).Run() == nil {
				t.Error("promtool does not look into the file")
			}
		})
	}
}

// TestFileAndHTTPDiscovery has a real Prometheus find its targets.
func TestFileAndHTTPDiscovery(t *testing.T) {
	inventory := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/prometheus/proctree" || r.Header.Get("Authorization") != "Bearer secret" {
			http.Error(w, "who are you?", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`[{"targets": ["127.0.0.1:1"], "labels": {"team": "inventory"}}]`))
	}))
	defer inventory.Close()
	fileConfig := discovering(t, "file.yml")
	targets := filepath.Join(filepath.Dir(fileConfig), "sd/targets")
	list := `[{"targets": ["127.0.0.1:2"], "labels": {"team": "files"}}]`
	if err := errors.Join(os.Mkdir(targets, 0o700), os.WriteFile(targets+"/all.json", []byte(list), 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ config, want string }{
		"file": {fileConfig, "instance=127.0.0.1:2 job=proctree team=files"},
		"http": {
			discovering(t, "http.yml", "https://inventory.example.org", inventory.URL),
			"instance=127.0.0.1:1 job=proctree team=inventory",
		},
	} {
		t.Run(name, func(t *testing.T) {
			base := startPrometheus(t, tt.config)
			var got []string
			programs.Await(t, "targets", programs.Patience, func() bool {
				got = activeTargets(base)
				return len(got) > 0
			})
			if !slices.Equal(got, []string{tt.want}) {
				t.Errorf("the targets are %q", got)
			}
		})
	}
}

// startPrometheus returns the address of one that ends with the test.
func startPrometheus(t *testing.T, config string) string {
	t.Helper()
	return programs.Run(t, programs.Config{
		Path: program(t, "prometheus"), Ready: "/-/ready",
		Args: []string{"--config.file=" + config, "--web.listen-address=ADDRESS", "--storage.tsdb.path=" + t.TempDir(), "--log.level=error"},
	}).URL
}

// activeTargets lists the labels of each target, as far as there are any.
func activeTargets(base string) []string {
	response, err := http.Get(base + "/api/v1/targets?state=active&scrapePool=" + url.QueryEscape("proctree"))
	if err != nil {
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct {
		Data struct {
			ActiveTargets []struct{ Labels map[string]string }
		}
	}
	if json.NewDecoder(response.Body).Decode(&answer) != nil {
		return nil
	}
	var all []string
	for _, target := range answer.Data.ActiveTargets {
		var labels []string
		for _, name := range slices.Sorted(maps.Keys(target.Labels)) {
			labels = append(labels, name+"="+target.Labels[name])
		}
		all = append(all, strings.Join(labels, " "))
	}
	return all
}

// Package prometheus tests the configuration beside it with the real promtool.
package prometheus

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// install puts the configuration into a folder as its first comment says.
func install(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	config, err := os.ReadFile("prometheus.yml")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"prometheus.yml":        string(config),
		"targets/web.yml":       "- targets: [web-1.example.org:10056, web-2.example.org:10056]\n  labels: {team: web}\n",
		"alertmanagers/one.yml": "- targets: [alertmanager.example.org:9093]\n",
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rules, err := filepath.Abs("../../alerting-rules")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(rules, filepath.Join(dir, "rules")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "prometheus.yml")
}

func TestConfigIsRight(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("NOT TESTED against the real promtool, for it is not on PATH: `make test` builds it")
	}
	if out, err := exec.CommandContext(t.Context(), promtool, "check", "config", install(t)).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// TestStartTimestampsAreEnabled: every way to run a Prometheus that is shipped or documented
// says that it needs the feature, without which the first value of a group does not count.
func TestStartTimestampsAreEnabled(t *testing.T) {
	const feature = "created-timestamp-zero-ingestion"
	for _, file := range []string{
		"prometheus.yml",
		"../compose/compose.yaml",
		"../stack/parts.go",
		"../scaling/agent.yml",
		"../scaling/site.yml",
		"../scaling/parts/parts.go",
		"../helm/proctree/values.yaml",
		"../helm/proctree/templates/NOTES.txt",
		"../kubernetes/components/prometheus-operator/kustomization.yaml",
		"../../alerting-rules/README.md",
		"../../docs/containers.md",
		"../../docs/counters.md",
		"../../docs/quickstart.md",
	} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), feature) {
			t.Errorf("%s does not enable %s", file, feature)
		}
	}
}

// TestEveryConfigurationIsListed: TestStartTimestampsAreEnabled knows every file of deploy/
// that starts a Prometheus.
func TestEveryConfigurationIsListed(t *testing.T) {
	const feature = "created-timestamp-zero-ingestion"
	starts := regexp.MustCompile(`--storage\.(tsdb|agent)\.path=`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil && starts.Match(text) && !strings.Contains(string(text), feature) {
			t.Errorf("%s starts a Prometheus without %s", path, feature)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestMigrationRulesAreRight checks the rules that are copied by hand.
func TestMigrationRulesAreRight(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("NOT TESTED against the real promtool, for it is not on PATH: `make test` builds it")
	}
	files, err := filepath.Glob("migration/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	args := append([]string{"check", "rules", "--lint=all", "--lint-fatal"}, files...)
	if out, err := exec.CommandContext(t.Context(), promtool, args...).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

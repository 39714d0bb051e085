// Package prometheus tests the configuration beside it with the real promtool.
package prometheus

import (
	"os"
	"os/exec"
	"path/filepath"
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

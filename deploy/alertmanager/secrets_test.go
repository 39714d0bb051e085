package alertmanager

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"proctree/deploy/programs"
)

// masked is what Alertmanager writes in place of a secret that stands in its configuration.
const masked = "<secret>"

// TestConfigHoldsNoSecret asks Alertmanager itself, which knows each of its fields that is a
// secret and masks it when it shows the configuration in force.
func TestConfigHoldsNoSecret(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(configFile)
	if err != nil {
		t.Fatal(err)
	}
	withSecret := strings.Replace(string(config),
		"smtp_auth_password_file: /etc/alertmanager/secrets/smtp_password", "smtp_auth_password: hunter2", 1)
	tests := []struct {
		name, config string
		secret       bool
	}{
		{"as it is", string(config), false},
		{"with a password, to know that this test would see it", withSecret, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var secrets []string
			for line := range strings.Lines(shownConfig(t, test.config)) {
				if strings.Contains(line, masked) {
					secrets = append(secrets, strings.TrimSpace(line))
				}
			}
			if (len(secrets) > 0) != test.secret {
				t.Errorf("the secrets in the configuration are %q", secrets)
			}
		})
	}
}

// shownConfig returns what a real Alertmanager shows as its configuration.
func shownConfig(t *testing.T, config string) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, configFile)
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "templates"), os.DirFS("templates")); err != nil {
		t.Fatal(err)
	}
	url := startAlertmanager(t, "--config.file="+file, "--storage.path="+filepath.Join(dir, "data"))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/api/v2/status", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var status struct {
		Config struct{ Original string }
	}
	if err := json.Unmarshal(body, &status); err != nil || status.Config.Original == "" {
		t.Fatalf("the status of Alertmanager has no configuration (%v): %s", err, body)
	}
	return status.Config.Original
}

// startAlertmanager runs a real Alertmanager on a free port of loopback until the test ends,
// and returns its address.
func startAlertmanager(t *testing.T, args ...string) string {
	t.Helper()
	return programs.Run(t, programs.Config{
		Path: tool(t, "alertmanager"), Ready: "/-/ready",
		Args: append(args, "--web.listen-address=ADDRESS", "--cluster.listen-address="),
	}).URL
}

//go:build linux

package plugin

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"proctree/deploy/programs"
)

// patience bounds every wait; it is reached only on failure.
const patience = 20 * time.Second

// programsDir names the folder, in the environment, where the tests' programs are built.
const programsDir = "PROCTREE_TEST_PROGRAMS"

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "proctree-live-")
	if err == nil {
		err = os.Setenv(programsDir, dir)
	}
	status := 1
	if err == nil {
		status = m.Run()
	}
	_ = os.RemoveAll(dir)
	os.Exit(status) //nolint:forbidigo // This is main.
}

// exporterProgram builds the exporter from the sources that this plugin comes with.
var exporterProgram = sync.OnceValues(func() (string, error) {
	path := filepath.Join(os.Getenv(programsDir), "proctree_exporter")
	build := exec.Command("go", "build", "-o", path, "./exporter")
	build.Dir = filepath.Join("..", "..", "..", "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the exporter: %w: %s", err, out)
	}
	return path, nil
})

// startExporter runs the real exporter on a free port of loopback, and returns HOST:PORT.
func startExporter(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exporterProgram()
	if err != nil {
		t.Fatal(err)
	}
	return programs.Run(t, programs.Config{
		Path: path, Ready: "/-/healthy", Args: append([]string{"--web.listen-address=ADDRESS"}, args...),
	}).Address
}

// startPrometheus runs the real Prometheus, which scrapes the exporters five times a second,
// and returns its address.
func startPrometheus(t *testing.T, scrapeConfig string) string {
	t.Helper()
	path := programs.Tool(t, "prometheus", "`make test` builds it")
	dir := t.TempDir()
	config := filepath.Join(dir, "prometheus.yml")
	text := "scrape_configs:\n- job_name: proctree\n  scrape_interval: 200ms\n  scrape_timeout: 200ms\n" + scrapeConfig
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return programs.Run(t, programs.Config{
		Path: path, Ready: "/-/ready",
		Args: []string{"--config.file=" + config, "--storage.tsdb.path=" + filepath.Join(dir, "data"), "--web.listen-address=ADDRESS"},
	}).URL
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	programs.Await(t, what, patience, condition)
}

// sleeper starts a program that sleeps, under a name of its own, with arguments that a
// viewer must not see.
func sleeper(t *testing.T, name string) *exec.Cmd {
	t.Helper()
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("cp", "--", sleep, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(path, "86399")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}

// staticConfig is a list of targets in Prometheus' configuration.
func staticConfig(targets ...string) string {
	return fmt.Sprintf("  static_configs:\n  - targets: [%s]\n", strings.Join(targets, ", "))
}

// tokenFile makes a token of each role, by the program itself.
func tokenFile(t *testing.T) (path string, secrets map[string]string) {
	t.Helper()
	program, err := exporterProgram()
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString("tokens:\n")
	secrets = make(map[string]string)
	for _, role := range []string{"viewer", "operator"} {
		out, err := exec.Command(program, "--api.new-token="+role, "--api.role="+role).Output()
		if err != nil {
			t.Fatal(err)
		}
		said := string(out)
		hash := regexp.MustCompile(`hash: (\S+)`).FindStringSubmatch(said)
		secret := regexp.MustCompile(`(?m)^[^#\n]*?([A-Za-z0-9_-]{40,})\s*$`).FindStringSubmatch(said)
		if hash == nil || secret == nil {
			t.Fatalf("the program says:\n%s", said)
		}
		secrets[role] = secret[1]
		fmt.Fprintf(&text, "  - name: %s\n    role: %s\n    hash: %s\n", role, role, hash[1])
	}
	path = filepath.Join(t.TempDir(), "tokens.yml")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, secrets
}

// fetch returns the body of an answer.
func fetch(t *testing.T, address string) []byte {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Error(err)
	}
	return body
}

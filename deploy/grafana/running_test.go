package grafana

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/deploy/programs"
)

// running is a Grafana with the files of this folder.
type running struct {
	t       *testing.T
	address string
	dir     string
}

// start runs the Grafana of GRAFANA_HOME on a free port of loopback, with further variables.
func start(t *testing.T, variables ...string) *running {
	t.Helper()
	home := os.Getenv("GRAFANA_HOME")
	if home == "" {
		t.Skip("NOT TESTED in a real Grafana: GRAFANA_HOME is not set to the folder of one")
	}
	g := &running{t: t, dir: t.TempDir()}
	for name, secret := range map[string]string{"admin_password": "correct horse", "secret_key": "battery staple"} {
		if err := os.WriteFile(filepath.Join(g.dir, name), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	g.linkPlugins()
	config, err := filepath.Abs("grafana.ini")
	if err != nil {
		t.Fatal(err)
	}
	p, err := programs.Start(t.Context(), programs.Config{
		Path: filepath.Join(home, "bin", "grafana"), Args: []string{"server", "--homepath", home, "--config", config},
		Env: slices.Concat(g.environment(), variables), Ready: "/api/health", Patience: 3 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Stop() // One that is killed leaves its plugins behind.
		if t.Failed() {
			t.Log(p.Output())
		}
	})
	g.address = p.URL
	return g
}

func (g *running) environment() []string {
	absolute := func(path string) string {
		path, err := filepath.Abs(path)
		if err != nil {
			g.t.Fatal(err)
		}
		return path
	}
	return []string{
		"GF_SERVER_HTTP_PORT=PORT", "GF_SERVER_ROOT_URL=http://ADDRESS/",
		"GF_SECURITY_ADMIN_PASSWORD=$__file{" + filepath.Join(g.dir, "admin_password") + "}",
		"GF_SECURITY_SECRET_KEY=$__file{" + filepath.Join(g.dir, "secret_key") + "}",
		"GF_PATHS_DATA=" + filepath.Join(g.dir, "data"), "GF_PATHS_LOGS=" + filepath.Join(g.dir, "log"),
		"GF_PATHS_PLUGINS=" + filepath.Join(g.dir, "plugins"), "GF_PATHS_PROVISIONING=" + absolute("provisioning"),
		"PROCTREE_DASHBOARDS=" + absolute("../../dashboards/json"),
		"PROCTREE_PROMETHEUS_URL=http://127.0.0.1:9090", "PROCTREE_ALERTMANAGER_URL=http://127.0.0.1:9093",
		"PROCTREE_SCRAPE_INTERVAL=15s", "GF_PROCTREE_EXPORTER_TOKEN=",
	}
}

// linkPlugins gives Grafana those plugins that are built.
func (g *running) linkPlugins() {
	plugins := filepath.Join(g.dir, "plugins")
	if err := os.Mkdir(plugins, 0o700); err != nil {
		g.t.Fatal(err)
	}
	for id, folder := range map[string]string{"proctree-tree-panel": "tree-panel", "proctree-live-datasource": "live-datasource"} {
		built, err := filepath.Abs(filepath.Join("../../dashboards", folder, "dist"))
		if err != nil {
			g.t.Fatal(err)
		}
		if _, err := os.Stat(built); err != nil {
			g.t.Logf("NOT TESTED: %s is not built: make grafana-plugins", id)
			continue
		}
		if err := os.Symlink(built, filepath.Join(plugins, id)); err != nil {
			g.t.Fatal(err)
		}
	}
}

// get asks as the administrator and gives the status.
func (g *running) get(path string, answer any) int {
	return g.ask("admin", path, answer)
}

// ask asks as a user, or as nobody.
func (g *running) ask(user, path string, answer any) int {
	g.t.Helper()
	request, err := http.NewRequestWithContext(g.t.Context(), http.MethodGet, g.address+path, http.NoBody)
	if err != nil {
		g.t.Fatal(err)
	}
	if user != "" {
		request.SetBasicAuth(user, "correct horse")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0
	}
	if answer != nil && response.StatusCode == http.StatusOK {
		if err := json.Unmarshal(body, answer); err != nil {
			g.t.Fatalf("%s: %v: %s", path, err, body)
		}
	}
	return response.StatusCode
}

func TestInGrafana(t *testing.T) {
	g := start(t)
	t.Run("nobody sees anything unasked", func(t *testing.T) {
		for _, path := range []string{"/api/search", "/api/datasources", "/api/dashboards/uid/proctree-fleet"} {
			if status := g.ask("", path, nil); status != http.StatusUnauthorized {
				t.Errorf("%s: got status %d", path, status)
			}
		}
	})
	t.Run("pages have a content security policy", func(t *testing.T) {
		response, err := http.Get(g.address + "/login")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "object-src 'none'") {
			t.Errorf("got %q", policy)
		}
	})
	t.Run("data sources", func(t *testing.T) {
		for _, uid := range []string{"proctree-prometheus", "proctree-live", "proctree-alertmanager"} {
			if status := g.get("/api/datasources/uid/"+uid, nil); status != http.StatusOK {
				t.Errorf("%s: got status %d", uid, status)
			}
		}
	})
	t.Run("dashboards in their folders", func(t *testing.T) {
		want := map[string]string{
			"proctree-fleet": "Proctree", "proctree-host": "Proctree", "proctree-processes": "Proctree", "proctree-history": "Proctree", "proctree-incident": "Proctree",
			"proctree-anomalies": "Proctree", "proctree-alerts": "Proctree", "proctree-exporter": "Proctree-Exporter",
		}
		var found []struct{ UID, FolderTitle string }
		programs.Await(t, "dashboards", 3*time.Minute, func() bool {
			return g.get("/api/search?type=dash-db", &found) == http.StatusOK && len(found) >= len(want)
		})
		for _, d := range found {
			if want[d.UID] != d.FolderTitle {
				t.Errorf("%s is in the folder %q, want %q", d.UID, d.FolderTitle, want[d.UID])
			}
		}
	})
	t.Run("access is given once", g.givesAccessOnce)
}

// givesAccessOnce runs the program that gives access: it changes what is asked for, and the
// second time nothing.
func (g *running) givesAccessOnce(t *testing.T) {
	for _, want := range []string{"made the team On call", "nothing to change"} {
		cmd := exec.CommandContext(t.Context(), "go", "run", "./access", "-url", g.address, "-file", "access/access.yml")
		cmd.Env = append(os.Environ(), "GRAFANA_USER=admin", "GRAFANA_PASSWORD_FILE="+filepath.Join(g.dir, "admin_password"))
		said, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(said), want) {
			t.Fatalf("want %q, got %v: %s", want, err, said)
		}
		t.Logf("%s", said)
	}
}

package scaling

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/deploy/scaling/fleet"
	"proctree/deploy/scaling/parts"
)

// need skips the test unless the programs are there.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("NOT TESTED, for there is no %s: `make test-deploy` builds Prometheus, "+
				"and VictoriaMetrics is Debian's package victoria-metrics", program)
		}
	}
}

// hosts is the size of the fleet in these tests.
const hosts = 20

// startFleet serves hosts whose groups use CPU time, and returns the address.
func startFleet(t *testing.T) string {
	t.Helper()
	const before = `# TYPE proctree_group_cpu_seconds_total counter
proctree_group_cpu_seconds_total{group="web",mode="user"} 10
proctree_group_cpu_seconds_total{group="web",mode="system"} 10
# TYPE proctree_group_resident_memory_bytes gauge
proctree_group_resident_memory_bytes{group="web"} 1e+06
# TYPE proctree_process_resident_memory_bytes gauge
proctree_process_resident_memory_bytes{pid="1",name="web",group="web"} 1e+06
owner{tenant="somebody-else"} 1
`
	after := strings.ReplaceAll(before, "} 10\n", "} 20\n")
	template, err := fleet.NewTemplate(before, after, 10*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(fleet.New(template, hosts).Handler())
	t.Cleanup(server.Close)
	return server.URL
}

// install writes one of the configurations with edits, and what belongs to it.
func install(t *testing.T, file string, edits ...string) string {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(string(text), edits[i]) {
			t.Fatalf("%s has no %q", file, edits[i])
		}
	}
	files := map[string]string{file: strings.NewReplacer(edits...).Replace(string(text))}
	rules, err := filepath.Glob("../../alerting-rules/*.yml")
	if err != nil || len(rules) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	for _, path := range append(rules, "aggregate.yml") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		// Tests have no minutes.
		files["rules/"+filepath.Base(path)] = strings.ReplaceAll(string(text), "interval: 1m", "interval: 1s")
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
	return filepath.Join(dir, file)
}

// quick makes a configuration scrape the fleet each second, and send to the store.
func quick(fleet string, store *parts.Part) []string {
	return []string{
		"scrape_interval: 15s", "scrape_interval: 1s",
		"  file_sd_configs:\n  - files: [targets/*.yml]\n", "  http_sd_configs:\n  - url: " + fleet + "/targets\n",
		"http://victoria-metrics.example.org:8428", store.URL,
	}
}

// started fails the test if a program did not start, and ends it with the test.
func started(t *testing.T, part *parts.Part, err error) *parts.Part {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		part.Stop()
		if t.Failed() {
			t.Logf("%s said:\n%s", part.URL, part.Output())
		}
	})
	return part
}

func startStore(t *testing.T) *parts.Part {
	t.Helper()
	store, err := parts.VictoriaMetrics(t.Context(), t.TempDir())
	return started(t, store, err)
}

// eventually repeats a check until it finds nothing wrong.
func eventually(t *testing.T, check func() error) {
	t.Helper()
	if err := parts.Eventually(t.Context(), check); err != nil {
		t.Fatal(err)
	}
}

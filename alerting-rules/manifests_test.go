package alertingrules

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// prometheusRules makes an object of each file, comments included.
func prometheusRules(files map[string]string) string {
	var out strings.Builder
	out.WriteString("# Made of alerting-rules/ by `make manifests`: change them there.\n")
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out.WriteString("---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: proctree-" +
			strings.TrimSuffix(name, ".yml") + "\nspec:\n")
		for line := range strings.Lines(files[name]) {
			if strings.TrimSpace(line) != "" {
				line = "  " + line
			}
			out.WriteString(line)
		}
	}
	return out.String()
}

// TestGeneratedManifests holds the manifests that carry the rules against alerting-rules/:
// a chart cannot read files outside of it, and an object has no way to name a file.
func TestGeneratedManifests(t *testing.T) {
	files := make(map[string]string)
	for _, name := range ruleFiles(t) {
		files[name] = readText(t, name)
	}
	want := map[string]string{
		"../deploy/kubernetes/components/prometheus-operator/prometheusrule.yaml": prometheusRules(files),
	}
	const folder = "../deploy/helm/proctree/files/rules/"
	for name, text := range files {
		want[folder+name] = text
	}
	there, err := filepath.Glob(folder + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range there {
		if _, ok := want[path]; !ok && *update {
			err = os.Remove(path)
		} else if !ok {
			t.Errorf("%s is not a file of alerting-rules/ any more; `make manifests` removes it", path)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, text := range want {
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s is not what alerting-rules/ says (`make manifests` writes it again): %v", path, err)
		}
	}
}

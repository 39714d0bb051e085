package main

import (
	"strings"
	"testing"
)

// TestVersionIsTheSameEverywhere compares each file that names the version with VERSION.
func TestVersionIsTheSameEverywhere(t *testing.T) {
	version := strings.TrimSpace(readText(t, "../VERSION"))
	for _, tt := range []struct{ file, want string }{
		{"CHANGELOG.md", "\n## " + version},
		{"deploy/compose/compose.yaml", "image: proctree_exporter:${PROCTREE_VERSION:-" + version + "}"},
		{"deploy/compose/compose.yaml", `VERSION: "${PROCTREE_VERSION:-` + version + `}"`},
		{"deploy/kubernetes/base/kustomization.yaml", "newTag: " + version},
		{"deploy/helm/proctree/Chart.yaml", "\nversion: " + version + "\n"},
		{"deploy/helm/proctree/Chart.yaml", "\nappVersion: " + version + "\n"},
		{"docs/containers.md", "proctree_exporter:" + version + " "},
		{"dashboards/tree-panel/package.json", `"version": "` + version + `"`},
		{"dashboards/tree-panel/CHANGELOG.md", "\n## " + version},
		{"dashboards/live-datasource/package.json", `"version": "` + version + `"`},
		{"dashboards/live-datasource/CHANGELOG.md", "\n## " + version},
	} {
		if !strings.Contains(readText(t, "../"+tt.file), tt.want) {
			t.Errorf("%s has no %q; VERSION is %s", tt.file, tt.want, version)
		}
	}
}

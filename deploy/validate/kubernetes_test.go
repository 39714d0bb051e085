package validate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// kustomize builds an overlay of the base with components, and validates every object.
func kustomize(t *testing.T, components ...string) []object {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(checkout+"/deploy/kubernetes")); err != nil {
		t.Fatal(err)
	}
	var overlay strings.Builder
	overlay.WriteString("resources: [../../base]\ncomponents:\n")
	for _, component := range components {
		overlay.WriteString("- ../../components/" + component + "\n")
	}
	path := filepath.Join(dir, "overlays/test")
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(path, "kustomization.yaml"), []byte(overlay.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	resources, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := resources.AsYaml()
	if err != nil {
		t.Fatal(err)
	}
	return validObjects(t, text)
}

// validObjects reads manifests, each of which must be right.
func validObjects(t *testing.T, text []byte) []object {
	t.Helper()
	objects, err := parseObjects(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range objects {
		if err := validateObject(o); err != nil {
			t.Errorf("%s %s: %v", o.kind(), o.name(), err)
		}
	}
	return objects
}

// kinds lists what kinds there are.
func kinds(objects []object) string {
	var all []string
	for _, o := range objects {
		all = append(all, o.kind())
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

func TestKustomize(t *testing.T) {
	const base = "ConfigMap DaemonSet Namespace Service ServiceAccount"
	for _, tt := range []struct {
		components  []string
		kinds       string
		hostNetwork bool
		root        bool
	}{
		{nil, base, true, true},
		{[]string{"unprivileged"}, base, true, false},
		{[]string{"pod-network"}, "ConfigMap DaemonSet Namespace NetworkPolicy Service ServiceAccount", false, true},
		{
			[]string{"unprivileged", "pod-network", "prometheus-operator"},
			"ConfigMap DaemonSet Namespace NetworkPolicy PrometheusRule Role RoleBinding Service ServiceAccount ServiceMonitor",
			false, false,
		},
	} {
		t.Run(strings.Join(append([]string{"base"}, tt.components...), " "), func(t *testing.T) {
			objects := kustomize(t, tt.components...)
			if got := kinds(objects); got != tt.kinds {
				t.Errorf("the kinds are %s", got)
			}
			d, config := theDaemonSet(t, objects)
			d.confined(t)
			s := d.Spec.Template.Spec.Containers[0].SecurityContext
			if d.Spec.Template.Spec.HostNetwork != tt.hostNetwork || (s.RunAsUser == 0) != tt.root || tt.root != (len(s.Capabilities.Add) > 0) {
				t.Errorf("host network %v, user %d, capabilities %v", d.Spec.Template.Spec.HostNetwork, s.RunAsUser, s.Capabilities.Add)
			}
			if d.seesRoot() == tt.root {
				t.Errorf("user %d sees the host's root: %v", s.RunAsUser, d.seesRoot())
			}
			d.run(t, config)
		})
	}
}

package validate

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

const chartDir = checkout + "/deploy/helm/proctree"

// values reads values as a user writes them.
func values(t *testing.T, text string) chartutil.Values {
	t.Helper()
	v, err := chartutil.ReadValues([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// render is "helm template", the schema of the values included.
func render(t *testing.T, text string) (string, error) {
	t.Helper()
	chart, err := loader.Load(chartDir)
	if err != nil {
		t.Fatal(err)
	}
	release := chartutil.ReleaseOptions{Name: "test", Namespace: "watch", IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values(t, text), release, chartutil.DefaultCapabilities)
	if err != nil {
		return "", err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, ".yaml") {
			out.WriteString("---\n" + files[name] + "\n")
		}
	}
	return out.String(), nil
}

func TestChartLint(t *testing.T) {
	for _, text := range []string{"", "bpf: false\nhostNetwork: false\nmonitor: {kind: PodMonitor}\nrules: {enabled: true}\n"} {
		result := lint.All(chartDir, values(t, text), "watch", true)
		for _, message := range result.Messages {
			if message.Severity > support.InfoSev {
				t.Errorf("%v", message)
			}
		}
	}
}

func TestChart(t *testing.T) {
	const base = "ConfigMap DaemonSet Service ServiceAccount"
	for name, tt := range map[string]struct {
		values, kinds string
		says          []string
	}{
		"defaults":     {"", base, []string{"image: \"registry.example/proctree_exporter:0.9.0\"", "add: [BPF, PERFMON]"}},
		"unprivileged": {"bpf: false", base, []string{"runAsUser: 65532"}},
		"root's files": {"hostRoot: true", base, []string{"runAsUser: 0", "path: /, type: Directory"}},
		"pod network": {
			"hostNetwork: false\nport: 9999", "ConfigMap DaemonSet NetworkPolicy Service ServiceAccount",
			[]string{"--no-collector.system_netdev", "containerPort: 9999", "port: 9999"},
		},
		"foreign account": {
			"serviceAccount: {create: false, name: watcher}", "ConfigMap DaemonSet Service", []string{"serviceAccountName: watcher"},
		},
		"service monitor": {
			"monitor: {kind: ServiceMonitor, interval: 30s, labels: {release: prometheus}}", base + " ServiceMonitor",
			[]string{"release: prometheus", "interval: 30s"},
		},
		"pod monitor": {"monitor: {kind: PodMonitor}", "ConfigMap DaemonSet PodMonitor Service ServiceAccount", nil},
		"secrets": {
			"webConfigSecret: web\ntokenSecret: tokens\nmonitor: {kind: ServiceMonitor}", base + " ServiceMonitor",
			[]string{"--web.config.file=", "--api.token-file=", "scheme: https", "tcpSocket"},
		},
		"recording in the pod": {
			"history: {volume: emptyDir, maxBytes: 64MiB}", base,
			[]string{"--history.dir=/var/lib/proctree/history", "--history.max-bytes=64MiB", "emptyDir: {}", "{name: history, mountPath: /var/lib/proctree}"},
		},
		"recording on the node": {
			"history: {volume: hostPath, path: /data/proctree}", base,
			[]string{"--history.max-bytes=256MiB", `hostPath: {path: "/data/proctree", type: DirectoryOrCreate}`},
		},
		"everywhere else": {
			`{extraArgs: ["--group.max=500"], imagePullSecrets: [{name: pull}], priorityClassName: system-node-critical,
			podLabels: {team: a}, podAnnotations: {note: b}, affinity: {nodeAffinity: {}}, maxUnavailable: 1}`, base,
			[]string{`"--group.max=500"`, "team: a", "note: b"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := render(t, tt.values)
			if err != nil {
				t.Fatal(err)
			}
			objects := validObjects(t, []byte(text))
			if got := kinds(objects); got != sorted(tt.kinds) {
				t.Errorf("the kinds are %s", got)
			}
			for _, says := range tt.says {
				if !strings.Contains(text, says) {
					t.Errorf("no %s", says)
				}
			}
			d, _ := theDaemonSet(t, objects)
			d.confined(t)
			if user := d.Spec.Template.Spec.Containers[0].SecurityContext.RunAsUser; d.seesRoot() == (user == 0) && !strings.Contains(tt.values, "hostRoot: true") {
				t.Errorf("user %d sees the host's root: %v", user, d.seesRoot())
			}
		})
	}
}

func sorted(words string) string {
	all := strings.Fields(words)
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestChartRules renders every rule file into an object whose alerts keep their templates.
func TestChartRules(t *testing.T) {
	text, err := render(t, "rules: {enabled: true, labels: {role: alert-rules}}")
	if err != nil {
		t.Fatal(err)
	}
	objects := validObjects(t, []byte(text))
	rules := slices.DeleteFunc(objects, func(o object) bool { return o.kind() != "PrometheusRule" })
	files, err := filepath.Glob(checkout + "/alerting-rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	if len(rules) != len(files) {
		t.Errorf("%d of %d files", len(rules), len(files))
	}
	if !strings.Contains(text, "{{ $labels.") {
		t.Error("the templates of the alerts are gone")
	}
}

// TestChartRuns starts the image as the chart says, with root's two capabilities and without.
func TestChartRuns(t *testing.T) {
	for _, text := range []string{"", "{bpf: false, hostNetwork: false}", "history: {volume: hostPath, path: " + t.TempDir() + "}"} {
		manifests, err := render(t, text)
		if err != nil {
			t.Fatal(err)
		}
		d, config := theDaemonSet(t, validObjects(t, []byte(manifests)))
		d.run(t, config)
	}
}

func TestChartRefuses(t *testing.T) {
	for _, text := range []string{
		"hostNetwrok: false",
		"bpf: maybe",
		"port: 70000",
		"image: {repository: r, tag: latest}",
		"monitor: {kind: Monitor}",
		"monitor: {interval: 15}",
		"extraArgs: [group.max=1]",
		"history: {volume: nfs}",
		"history: {maxBytes: 5}",
		"history: {path: relative}",
		"resources: {limit: {}}",
		"serviceAccount: {create: false}",
	} {
		if _, err := render(t, text); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

package alertmanager

import (
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files again")

// data is what Alertmanager gives to a template, as far as ours read it
// (https://prometheus.io/docs/alerting/latest/notifications/).
type data struct {
	Receiver     string            `json:"receiver"`
	Status       string            `json:"status"`
	ExternalURL  string            `json:"externalURL"`
	GroupLabels  map[string]string `json:"groupLabels"`
	CommonLabels map[string]string `json:"commonLabels"`
	Alerts       []alert           `json:"alerts"`
}

type alert struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    string            `json:"startsAt,omitempty"`
}

// render returns what the real amtool makes of a template.
func render(tb testing.TB, template, dataFile string) string {
	tb.Helper()
	kind := "text"
	if strings.HasSuffix(template, ".html") {
		kind = "html"
	}
	return amtool(tb, "template", "render", "--template.glob=templates/*.tmpl", "--template.type="+kind,
		"--template.text={{ template \""+template+"\" . }}", "--template.data="+dataFile)
}

func dataFile(tb testing.TB, name string) string {
	tb.Helper()
	return filepath.Join("testdata", name)
}

// write returns a file with data for a template.
func write(tb testing.TB, d data) string {
	tb.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "data.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// TestMessages holds every kind of message against a golden file. The alerts have names
// that would be tags, links or mentions if they were not escaped.
func TestMessages(t *testing.T) {
	t.Parallel()
	for _, template := range []string{"subject", "sms", "chat", "teams", "mail.text", "mail.html"} {
		t.Run(template, func(t *testing.T) {
			t.Parallel()
			got := render(t, "proctree."+template, dataFile(t, "cpu.json"))
			golden := dataFile(t, "cpu."+template+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-golden +rendered)\n%s", diff)
			}
		})
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	firing := alert{Status: "firing", Labels: map[string]string{"instance": "web-1:10056"}}
	resolved := alert{Status: "resolved", Labels: map[string]string{"instance": "web-1:10056"}}
	tests := []struct {
		name string
		data data
		want string
	}{
		{"one group on one host", data{
			Status: "firing", Alerts: []alert{firing},
			CommonLabels: map[string]string{"alertname": "A", "severity": "critical", "group": "nginx", "instance": "web-1:10056"},
		}, "[critical] A: nginx on web-1:10056"},
		{"a host", data{
			Status: "firing", Alerts: []alert{firing},
			CommonLabels: map[string]string{"alertname": "A", "severity": "warning", "instance": "web-1:10056"},
		}, "[warning] A: web-1:10056"},
		{"one group on several hosts", data{
			Status: "firing", Alerts: []alert{firing, firing, resolved},
			CommonLabels: map[string]string{"alertname": "A", "severity": "warning", "group": "nginx"},
		}, "[warning] A: nginx on 3 hosts (2 firing, 1 resolved)"},
		{"it is over", data{
			Status: "resolved", Alerts: []alert{resolved},
			CommonLabels: map[string]string{"alertname": "A", "severity": "warning", "instance": "web-1:10056"},
		}, "[resolved] A: web-1:10056"},
		{"nothing in common", data{Status: "firing", Alerts: []alert{firing, firing}}, "[firing] alerts (2 firing)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := render(t, "proctree.subject", write(t, test.data)); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestLinksToTheProcesses: each kind of message leads to the processes of the moment at which the alert began,
// by the address that Prometheus gives, and has no such link without one.
func TestLinksToTheProcesses(t *testing.T) {
	t.Parallel()
	const began = "2026-03-02T14:03:20Z"
	tests := map[string]struct{ treeURL, want string }{
		"a host":           {"https://web-1:10056/", "https://web-1:10056/#time=2026-03-02T14:03:20Z"},
		"a group":          {"https://web-1/#group=a%26b+c", "https://web-1/#group=a%26b+c&time=2026-03-02T14:03:20Z"},
		"an empty filter":  {"https://web-1/#", "https://web-1/#time=2026-03-02T14:03:20Z"},
		"Grafana":          {"https://grafana/d/proctree-host?var-instance=web-1", "https://grafana/d/proctree-host?var-instance=web-1&from=1772456600000&to=1772460200000&viewPanel=panel-1000"},
		"Grafana, a group": {"https://grafana/d/proctree-host#group=x", "https://grafana/d/proctree-host?from=1772456600000&to=1772460200000&viewPanel=panel-1000&var-tree_group=x"},
		"none":             {"", ""},
		"no address":       {"javascript:alert(1)", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			one := alert{
				Status: "firing", StartsAt: began, Labels: map[string]string{"alertname": "A", "instance": "web-1"},
				Annotations: map[string]string{"summary": "web-1: CPU 98% busy", "tree_url": test.treeURL},
			}
			file := write(t, data{Status: "firing", Alerts: []alert{one}, CommonLabels: one.Labels})
			for template, form := range map[string]string{
				"chat": "<%s|processes>", "teams": "[processes](%s)", "mail.text": "Processes:  %s\n", "mail.html": `href="%s">Processes</a>`,
			} {
				got := render(t, "proctree."+template, file)
				want := fmt.Sprintf(form, test.want)
				if template == "mail.html" {
					got = html.UnescapeString(got)
				}
				if test.want != "" && !strings.Contains(got, want) {
					t.Errorf("%s: no %q in\n%s", template, want, got)
				}
				if test.want == "" && strings.Contains(strings.ToLower(got), "processes") {
					t.Errorf("%s: a dead link in\n%s", template, got)
				}
			}
		})
	}
}

// TestManyAlerts: when half of a fleet is down the message still is one that mail servers and
// chats take, and it says how many there are.
func TestManyAlerts(t *testing.T) {
	t.Parallel()
	many := data{Status: "firing", ExternalURL: "http://alertmanager.example.org:9093", CommonLabels: map[string]string{"alertname": "ExporterDown", "severity": "critical"}}
	for i := range 1500 {
		status := "firing"
		if i >= 1000 {
			status = "resolved"
		}
		instance := fmt.Sprintf("web-%d.example.org:10056", i)
		many.Alerts = append(many.Alerts, alert{
			Status: status,
			Labels: map[string]string{"alertname": "ExporterDown", "severity": "critical", "instance": instance},
			Annotations: map[string]string{
				"summary":     instance + ": down, or its exporter",
				"description": strings.Repeat("What is known of it. ", 10),
				"runbook_url": "https://runbooks.example.org/ExporterDown.md",
				"tree_url":    "http://" + instance + "/",
			},
		})
	}
	file := write(t, many)
	tests := []struct {
		template          string
		shown, characters int
	}{
		{"chat", 20, 40_000},
		{"teams", 20, 28_000},
		{"mail.text", 50, 100_000},
		{"mail.html", 50, 500_000},
	}
	for _, test := range tests {
		t.Run(test.template, func(t *testing.T) {
			t.Parallel()
			got := render(t, "proctree."+test.template, file)
			if len(got) > test.characters {
				t.Errorf("it has %d characters", len(got))
			}
			for _, more := range []string{fmt.Sprintf("%d more firing", 1000-test.shown), fmt.Sprintf("%d more resolved", 500-test.shown)} {
				if strings.Count(got, more) != 1 {
					t.Errorf("it does not say %q", more)
				}
			}
			// The first that is shown, the last, and the one after it.
			for name, want := range map[string]bool{"web-0.": true, fmt.Sprintf("web-%d.", test.shown-1): true, fmt.Sprintf("web-%d.", test.shown): false, "web-1000.": true} {
				if strings.Contains(got, name) != want {
					t.Errorf("%s is shown: %v", name, !want)
				}
			}
		})
	}
}

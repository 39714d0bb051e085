package alertmanager

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const configFile = "alertmanager.yml"

func TestConfigIsRight(t *testing.T) {
	t.Parallel()
	amtool(t, "check-config", configFile)
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, labels, receivers string
	}{
		{"a warning goes to the operators", "alertname=X severity=warning group=nginx", "operators"},
		{"so does one without a severity", "alertname=X", "operators"},
		{"critical goes to who is on call as well", "alertname=X severity=critical", "on-call,operators"},
		{"info goes to the chat alone", "alertname=X severity=info", "chat"},
		{"info of a team too", "alertname=X severity=info team=database", "chat"},
		{"a team has its own receiver", "alertname=X severity=warning team=database", "database"},
		{"critical of a team reaches both", "alertname=X severity=critical team=database", "on-call,database"},
		{"another team has none yet", "alertname=X severity=warning team=web", "operators"},
		{"a team's name is matched as a whole", "alertname=X severity=warning team=database-eu", "operators"},
		{"a severity of another spelling is not lost", "alertname=X severity=Critical", "operators"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := append([]string{
				"config", "routes", "test", "--config.file=" + configFile, "--verify.receivers=" + test.receivers,
			}, strings.Fields(test.labels)...)
			if got := strings.TrimSpace(amtool(t, args...)); got != test.receivers {
				t.Errorf("%s goes to %s, want %s", test.labels, got, test.receivers)
			}
		})
	}
}

// TestEveryTemplateExists reads the names by which the configuration calls templates: an
// unknown one fails only when an alert is sent.
func TestEveryTemplateExists(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(configFile)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`\{\{ template "([^"]+)" \. \}\}`).FindAllStringSubmatch(string(config), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if render(t, name, dataFile(t, "cpu.json")) == "" {
			t.Errorf("the template %s says nothing", name)
		}
	}
	if len(names) == 0 {
		t.Error("the configuration uses no template")
	}
}

// TestInhibitedAlertsExist: a name that no rule has would inhibit nothing, and nobody would see it.
func TestInhibitedAlertsExist(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile(configFile)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../alerting-rules/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	var alerts []string
	for _, file := range files {
		rules, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?m)^ +- alert: (\w+)$`).FindAllStringSubmatch(string(rules), -1) {
			alerts = append(alerts, m[1])
		}
	}
	named := regexp.MustCompile(`alertname!?=~?"([^"]+)"`).FindAllStringSubmatch(string(config), -1)
	for _, m := range named {
		for name := range strings.SplitSeq(m[1], "|") {
			if !slices.ContainsFunc(alerts, regexp.MustCompile("^(?:"+name+")$").MatchString) {
				t.Errorf("%s inhibits by %s, which no rule of alerting-rules has", configFile, name)
			}
		}
	}
	if len(named) == 0 {
		t.Error("no alert is named in an inhibition")
	}
}

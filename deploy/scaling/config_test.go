package scaling

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func checkConfig(t *testing.T, config string, flags ...string) error {
	t.Helper()
	args := append([]string{"check", "config"}, append(flags, config)...)
	out, err := exec.CommandContext(t.Context(), "promtool", args...).CombinedOutput()
	if err != nil {
		t.Logf("%s", out)
	}
	return err
}

func TestConfigsAreRight(t *testing.T) {
	need(t, "promtool")
	if err := checkConfig(t, install(t, "agent.yml"), "--agent"); err != nil {
		t.Error(err)
	}
	if err := checkConfig(t, install(t, "site.yml")); err != nil {
		t.Error(err)
	}
	if checkConfig(t, install(t, "site.yml", "action: keep}", "action: kepe}")) == nil {
		t.Error("promtool does not look at what travels")
	}
}

// recordedIn returns the names of the series that a file of rules records.
func recordedIn(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^ +- record: (\S+)$`).FindAllStringSubmatch(string(text), -1) {
		names = append(names, m[1])
	}
	if len(names) == 0 {
		t.Fatalf("%s records nothing", path)
	}
	return names
}

// TestNothingIsRecordedTwice: a site loads aggregate.yml together with alerting-rules/, and two
// rules that record the same series would write every sample twice.
func TestNothingIsRecordedTwice(t *testing.T) {
	common := recordedIn(t, "../../alerting-rules/recording.yml")
	for _, name := range recordedIn(t, "aggregate.yml") {
		if slices.Contains(common, name) {
			t.Errorf("%s is recorded by recording.yml already", name)
		}
	}
}

// TestReceiversOfTheDocument puts each remote_write of docs/scaling.md in the agent's place.
func TestReceiversOfTheDocument(t *testing.T) {
	need(t, "promtool")
	document, err := os.ReadFile("../../docs/scaling.md")
	if err != nil {
		t.Fatal(err)
	}
	agent, err := os.ReadFile("agent.yml")
	if err != nil {
		t.Fatal(err)
	}
	_, own, _ := strings.Cut(string(agent), "remote_write:\n")
	blocks := regexp.MustCompile("(?s)```yaml\n(remote_write:.*?)```").FindAllStringSubmatch(string(document), -1)
	if len(blocks) != 3 {
		t.Fatalf("%d examples of remote_write, not one each for Thanos, Mimir and VictoriaMetrics", len(blocks))
	}
	for _, block := range blocks {
		if err := checkConfig(t, install(t, "agent.yml", "remote_write:\n"+own, block[1]), "--agent"); err != nil {
			t.Errorf("%v:\n%s", err, block[1])
		}
	}
}

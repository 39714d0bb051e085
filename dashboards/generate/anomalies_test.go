package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// rulesInterval is that of alerting-rules/anomalies.yml.
const rulesInterval = 4 * time.Minute

// TestAnomaliesOverHistory records the real rules over a made history, in a real Prometheus,
// and asks what the dashboard Anomalies asks. With -artifacts it leaves the data, which a
// Prometheus can be started on.
func TestAnomaliesOverHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT TESTED against a real Prometheus: -short")
	}
	t.Parallel()
	end := time.Now().Truncate(rulesInterval)
	p := serveHistory(t, backfill(t, end))
	p.span, p.end = 24*time.Hour, end
	for _, d := range read(t) {
		if d.UID != uidAnomalies {
			continue
		}
		values := choices{"__range": "24h"}
		for _, q := range p.variables(t, d, values) {
			t.Errorf("%s: no value: %s", q.where, q.expr)
		}
		if host, group := values["band_instance"], values["band_group"]; host != "db1:10056" || group != "postgres" {
			t.Errorf("the bands are of %s on %s at first", group, host)
		}
		for _, q := range questions(d) {
			found, err := p.ask(t.Context(), values.fill(q.expr), q.instant)
			if err != nil {
				t.Fatalf("%s: %v", q.where, err)
			}
			if len(found) == 0 || found[0]["group"] == "not known yet" || found[0]["instance"] == "not known yet" {
				t.Errorf("%s: %v for %s", q.where, found, q.expr)
			}
		}
	}
	t.Run("what is unusual is found", p.findsWhatIsUnusual)
}

// findsWhatIsUnusual checks who is above and below the band, and who is farthest from it.
func (p prometheusServer) findsWhatIsUnusual(t *testing.T) {
	const zscore = `instance_group:proctree_metric:zscore`
	for expr, want := range map[string]string{
		`topk(1, abs(` + zscore + `{group!=""}))`:                            "db1:10056/postgres/io",
		zscore + `{group!=""} > scalar(proctree:threshold:anomaly_zscore)`:   "db1:10056/postgres/cpu db1:10056/postgres/descriptors db1:10056/postgres/io web2:10056/app/memory",
		zscore + `{group!=""} < - scalar(proctree:threshold:anomaly_zscore)`: "web2:10056/redis/cpu",
		zscore + `{group=""} > scalar(proctree:threshold:anomaly_zscore)`:    "db1:10056//cpu db1:10056//io web2:10056//memory",
		`max_over_time(` + zscore + `{instance="web1:10056"}[18h]) > 3.5`:    "",
	} {
		found, err := p.ask(t.Context(), expr, true)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range found {
			got = append(got, s["instance"]+"/"+s["group"]+"/"+s["metric"])
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", expr, got, want)
		}
	}
}

// backfill makes the blocks of a Prometheus: the history, then what the rules record of it. A
// rule sees what earlier passes recorded, so those that build on others come after them.
func backfill(t *testing.T, end time.Time) (data string) {
	t.Helper()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("NOT TESTED against a real Prometheus, for promtool is not on PATH: `make test` builds it")
	}
	data = filepath.Join(t.ArtifactDir(), "data")
	var history bytes.Buffer
	writeHistory(&history, end)
	samples := filepath.Join(t.TempDir(), "history.txt")
	write(t, samples, history.String())
	command(t, promtool, "tsdb", "create-blocks-from", "openmetrics", "--quiet", samples, data)
	for i, pass := range passes(t) {
		t.Run(fmt.Sprintf("pass %d", i+1), func(t *testing.T) {
			p := serveHistory(t, data)
			rules := filepath.Join(t.TempDir(), "rules.yml")
			write(t, rules, pass)
			command(t, promtool, "tsdb", "create-blocks-from", "rules", "--quiet", "--url="+p.address, "--output-dir="+data,
				"--eval-interval="+rulesInterval.String(), fmt.Sprintf("--start=%d", end.Add(-historyLength).Unix()), fmt.Sprintf("--end=%d", end.Unix()), rules)
		})
	}
	return data
}

// rule is a recording rule; an alert, where it has no record.
type rule struct {
	Record string
	Labels map[string]string `yaml:",omitempty"`
	Expr   string
}

// passes gives files of rules in the order in which they are to be recorded: of the other
// files what the anomalies are made of, then each series of the anomalies.
func passes(t *testing.T) []string {
	t.Helper()
	anomalies := rulesOf(t, "anomalies.yml")
	first := slices.DeleteFunc(append(rulesOf(t, "thresholds.yml"), rulesOf(t, "recording.yml")...), func(r rule) bool {
		return !slices.ContainsFunc(anomalies, func(a rule) bool { return strings.Contains(a.Expr, r.Record) })
	})
	passes := []string{rulesFile(t, first)}
	for len(anomalies) > 0 {
		same := 1
		for same < len(anomalies) && anomalies[same].Record == anomalies[0].Record {
			same++
		}
		pass := rulesFile(t, anomalies[:same])
		passes = append(passes, pass)
		if strings.Contains(anomalies[0].Expr, anomalies[0].Record) {
			// What goes by its own past has one only the second time.
			passes = append(passes, pass)
		}
		anomalies = anomalies[same:]
	}
	return passes
}

// rulesOf reads the recording rules of a file of alerting-rules.
func rulesOf(t *testing.T, name string) (rules []rule) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../alerting-rules", name))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Groups []struct{ Rules []rule } }
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, group := range file.Groups {
		rules = append(rules, group.Rules...)
	}
	return slices.DeleteFunc(rules, func(r rule) bool { return r.Record == "" })
}

func rulesFile(t *testing.T, rules []rule) string {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{"groups": []map[string]any{{"name": "pass", "rules": rules}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// command runs a program to its end.
func command(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", filepath.Base(program), strings.Join(args, " "), err, out)
	}
}

// serveHistory runs a Prometheus that only answers.
func serveHistory(t *testing.T, data string) prometheusServer {
	t.Helper()
	config := filepath.Join(t.TempDir(), "prometheus.yml")
	write(t, config, "{}")
	return serve(t, "prometheus", config, data)
}

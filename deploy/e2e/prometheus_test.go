//go:build linux

package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// often makes Prometheus scrape every two seconds, which a busy machine may take to answer, and
// evaluate every second.
func often(t *testing.T, config []byte) string {
	t.Helper()
	var root map[string]any
	if err := yaml.Unmarshal(config, &root); err != nil {
		t.Fatal(err)
	}
	global, ok := root["global"].(map[string]any)
	if !ok {
		t.Fatal("prometheus.yml has no global settings")
	}
	global["scrape_interval"], global["scrape_timeout"], global["evaluation_interval"] = "2s", "2s", "1s"
	out, err := yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// ask decodes the data of an answer of Prometheus' API, and reports whether there was one.
func (c *chain) ask(path string, data any) bool {
	c.t.Helper()
	status, body := c.prometheus.get(path)
	if status != http.StatusOK {
		return false
	}
	answer := struct{ Data any }{data}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		c.t.Fatalf("%s: %v: %s", path, err, body)
	}
	return true
}

// query returns the values of an instant query.
func (c *chain) query(promql string) []float64 {
	c.t.Helper()
	var data struct {
		Result []struct{ Value [2]any }
	}
	if !c.ask("/api/v1/query?query="+url.QueryEscape(promql), &data) {
		return nil
	}
	var values []float64
	for _, r := range data.Result {
		text, _ := r.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			c.t.Fatalf("%s: %v", promql, err)
		}
		values = append(values, value)
	}
	return values
}

// alert is one of Prometheus' active alerts.
type alert struct {
	Labels   map[string]string
	State    string
	ActiveAt time.Time
}

// alert returns the alert of a group, or the zero value if it is not active.
func (c *chain) alert(name, group string) alert {
	c.t.Helper()
	var data struct{ Alerts []alert }
	c.ask("/api/v1/alerts", &data)
	for _, a := range data.Alerts {
		if a.Labels["alertname"] == name && a.Labels["group"] == group {
			return a
		}
	}
	return alert{}
}

// awaitState waits until an alert is inactive (""), pending or firing.
func (c *chain) awaitState(name, group, state string) alert {
	c.t.Helper()
	var a alert
	await(c.t, strings.TrimSpace(name+" "+group)+" to be "+strconv.Quote(state), func() bool {
		a = c.alert(name, group)
		return a.State == state
	})
	return a
}

// suppressed reports whether Alertmanager holds back an alert because of another.
func (c *chain) suppressed(name, group string) bool {
	c.t.Helper()
	status, body := c.alertmanager.get("/api/v2/alerts?inhibited=true")
	if status != http.StatusOK {
		return false
	}
	var alerts []struct {
		Labels map[string]string
		Status struct{ InhibitedBy []string }
	}
	if err := json.Unmarshal([]byte(body), &alerts); err != nil {
		c.t.Fatal(err)
	}
	for _, a := range alerts {
		if a.Labels["alertname"] == name && a.Labels["group"] == group {
			return len(a.Status.InhibitedBy) > 0
		}
	}
	return false
}

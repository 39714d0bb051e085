package exporter

import (
	"encoding/json"
	"testing"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// TestPoint reads the numbers of a process at one moment; those that are not there are not known.
func TestPoint(t *testing.T) {
	var points []Point
	text := `[{"time":17.5,"state":"sleeping","threads":3,"cpu":{"user_seconds":1,"cores":0.25},"later":{"a":[1]}},{"time":18,"state":"zombie"}]`
	if err := json.Unmarshal([]byte(text), &points); err != nil {
		t.Fatal(err)
	}
	if len(points) != 2 || points[0].Time != 17.5 || points[0].Numbers[processes.Threads] != 3 || points[0].Numbers[processes.CPU] != 0.25 {
		t.Errorf("%+v", points)
	}
	for _, metric := range processes.Metrics() {
		if metric.Name != "threads" && metric.Name != "cpu" && processes.Known(points[0].Numbers[metric.Number]) {
			t.Errorf("%s is known", metric.Name)
		}
		if processes.Known(points[1].Numbers[metric.Number]) {
			t.Errorf("%s of a zombie is known", metric.Name)
		}
	}
	for _, text := range []string{`{"time":"x"}`, `{"time":1,"cpu":7}`, `[]`} {
		if err := json.Unmarshal([]byte(text), new(Point)); err == nil {
			t.Errorf("%s: no error", text)
		}
	}
}

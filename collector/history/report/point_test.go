package report

import (
	"encoding/json"
	"testing"
	"time"

	"proctree/collector/metric"
	"proctree/collector/process"
)

// TestPointHasEveryMetric holds that each number of the table that changes is in the course of a process,
// where a process has it, and that nobody gets what their role does not see.
func TestPointHasEveryMetric(t *testing.T) {
	before := &process.Process{ID: process.ID{PID: 1}, Known: ^process.Fields(0)}
	now := &process.Process{
		ID: process.ID{PID: 1}, Known: ^process.Fields(0), State: process.Sleeping,
		UserTime: 2 * time.Second, SystemTime: 2 * time.Second, ResidentBytes: 1 << 53, WrittenBytes: 3001, Threads: 7, Nice: -5,
	}
	for _, role := range []metric.Role{metric.Public, metric.Viewer, metric.Operator} {
		v := Point{Time: 1700000000.125, State: now.State.String()}
		v.add(now, before, 2*time.Second, role)
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]any
		if err := json.Unmarshal(text, &members); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		list := metric.All()
		for i := range list {
			m := &list[i]
			if !m.Changes() {
				continue
			}
			object, member := m.Split()
			in := members
			if object != "" {
				in, _ = members[object].(map[string]any)
			}
			if _, ok := in[member]; ok != (m.Role <= role) {
				t.Errorf("the %v gets %s: %v: %s", role, m.Path, ok, text)
			}
		}
	}
	v := Point{}
	v.add(now, before, 2*time.Second, metric.Viewer)
	for _, value := range v.Values {
		want, ok := map[string]float64{
			"cpu": 2, "user_seconds": 2, "memory": 1 << 53, "written": 1501, "written_bytes": 3001, "threads": 7, "nice": -5,
		}[value.Metric.Name]
		if ok && value.Number != want {
			t.Errorf("%s is %v, want %v", value.Metric.Name, value.Number, want)
		}
	}
}

// TestPointWithoutRates: nothing is known of a rate at the first point, after a point without the counter,
// and when no time went by; what is not known is absent.
func TestPointWithoutRates(t *testing.T) {
	now := &process.Process{Known: process.HasCPU | process.HasUserTime | process.HasSystemTime, UserTime: time.Second}
	for name, tt := range map[string]struct {
		before *process.Process
		since  time.Duration
	}{
		"the first": {nil, time.Second},
		"not known": {&process.Process{}, time.Second},
		"no time":   {now, 0},
	} {
		v := Point{State: "running"}
		v.add(now, tt.before, tt.since, metric.Viewer)
		text, err := json.Marshal(v)
		if want := `{"time":0,"state":"running","cpu":{"user_seconds":1,"system_seconds":0}}`; err != nil || string(text) != want {
			t.Errorf("%s: %s, want %s (%v)", name, text, want, err)
		}
	}
}

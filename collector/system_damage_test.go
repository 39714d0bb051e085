package collector

import (
	"errors"
	"fmt"
	"testing"

	"proctree/collector/host/procfile"
	"proctree/collector/host/system"
)

// oddHost is a host whose load averages are read as the test says.
type oddHost struct {
	system.Unsupported
	load func() (system.Load, error)
}

func (h oddHost) Load() (system.Load, error) { return h.load() }

// TestDamageStaysWhereItIs: what is lost of a subject is counted and told, and costs
// nothing else.
func TestDamageStaysWhereItIs(t *testing.T) {
	lost := func(parts int) error {
		var d system.Damage
		d.Part(func() error { return nil })
		for range parts {
			d.Lost("/proc/loadavg", "odd")
		}
		return d.Err()
	}
	tests := []struct {
		name    string
		load    func() (system.Load, error)
		series  int
		success float64
		errors  float64
		failed  error
	}{
		{name: "whole", load: func() (system.Load, error) { return system.Load{new(1.0), new(2.0), new(3.0)}, nil }, series: 3, success: 1},
		{
			name:   "a part is lost",
			load:   func() (system.Load, error) { return system.Load{new(1.0), nil, new(3.0)}, lost(2) },
			series: 2, success: 1, errors: 2, failed: errors.New("/proc/loadavg: odd"),
		},
		{name: "all is lost", load: func() (system.Load, error) { return system.Load{}, lost(3) }, errors: 3, failed: errors.New("/proc/loadavg: odd")},
		{name: "absent", load: func() (system.Load, error) { return system.Load{}, fmt.Errorf("no: %w", errors.ErrUnsupported) }, success: 1},
		{
			name: "cannot be read", load: func() (system.Load, error) { return system.Load{}, errors.New("refused") },
			errors: 1, failed: errors.New("refused"),
		},
		{
			name: "a panic", load: func() (system.Load, error) { var none []int; return system.Load{}, fmt.Errorf("%d", none[1]) },
			errors: 1, failed: fmt.Errorf("%w: runtime error: index out of range [1] with length 0", procfile.ErrPanic),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var failed error
			set, err := NewSet([]string{"system_loadavg", "system_stat"}, Options{
				System: oddHost{load: tt.load},
				Failed: func(_ string, err error) { failed = err },
			})
			if err != nil {
				t.Fatal(err)
			}
			families := gather(t, set.Scrape(nil))
			value := func(family string) float64 {
				m := families[family].GetMetric()[0]
				return m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
			series := 0
			for _, name := range []string{"load1", "load5", "load15"} {
				series += len(families["proctree_system_"+name].GetMetric())
			}
			if got := value("proctree_scrape_collector_success"); series != tt.series || got != tt.success {
				t.Errorf("%d series, success %v; want %d, %v", series, got, tt.series, tt.success)
			}
			if got := value("proctree_scrape_collector_errors_total"); got != tt.errors {
				t.Errorf("%v errors, want %v", got, tt.errors)
			}
			if fmt.Sprint(failed) != fmt.Sprint(tt.failed) {
				t.Errorf("told %v, want %v", failed, tt.failed)
			}
			// It is a counter, and those of a selection count in the same one.
			selected, err := set.Select([]string{"system_loadavg"}, nil)
			if err != nil {
				t.Fatal(err)
			}
			families = gather(t, selected.Scrape(nil))
			if got := value("proctree_scrape_collector_errors_total"); got != 2*tt.errors {
				t.Errorf("%v errors after two scrapes, want %v", got, 2*tt.errors)
			}
		})
	}
}

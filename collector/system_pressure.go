package collector

import (
	"time"

	"proctree/collector/host/system"
)

func newSystemPressure(o Options) Collector {
	metrics := map[string]systemMetric{}
	for _, resource := range []string{"cpu", "memory", "io"} {
		metrics[resource+" some"] = o.systemCounter("pressure_"+resource+"_waiting_seconds_total",
			"Seconds in which at least one task waited for "+resource+".")
	}
	for _, resource := range []string{"memory", "io", "irq"} {
		metrics[resource+" full"] = o.systemCounter("pressure_"+resource+"_stalled_seconds_total",
			"Seconds in which all tasks waited for "+resource+".")
	}
	collect := func(r system.Reader, send emit) error {
		resources, err := r.Pressure()
		show := func(key string, total *time.Duration) {
			if m, ok := metrics[key]; ok && total != nil {
				// Divided twice as node_exporter does it, for the sake of the last digit.
				send(m.sample(float64(total.Microseconds()) / 1000 / 1000))
			}
		}
		for _, p := range resources {
			show(p.Resource+" some", p.Some)
			show(p.Resource+" full", p.Full)
		}
		return err
	}
	all := make([]systemMetric, 0, len(metrics))
	for _, m := range metrics {
		all = append(all, m)
	}
	return newSystem(o, collect, all...)
}

package collector

import "proctree/collector/host/system"

func newSystemLoad(o Options) Collector {
	metrics := [3]systemMetric{
		o.systemGauge("load1", "Load average over 1 minute."),
		o.systemGauge("load5", "Load average over 5 minutes."),
		o.systemGauge("load15", "Load average over 15 minutes."),
	}
	collect := func(r system.Reader, send emit) error {
		load, err := r.Load()
		for i, value := range load {
			if value != nil {
				send(metrics[i].sample(*value))
			}
		}
		return err
	}
	return newSystem(o, collect, metrics[:]...)
}

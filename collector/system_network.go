package collector

import (
	"proctree/collector/host/system"

	dto "github.com/prometheus/client_model/go"
)

func newSystemNetdev(o Options) Collector {
	metrics := newNamed(func(name string) systemMetric {
		return o.systemCounter("network_"+name+"_total", "Counter "+name+" of a network device.", "device")
	})
	collect := func(r system.Reader, send emit) error {
		devices, err := r.NetworkDevices()
		for _, d := range devices {
			labels := []*dto.LabelPair{pair("device", d.Name)}
			for _, c := range d.Counters {
				send(metrics.get(c.Name).sample(float64(c.Value), labels...))
			}
		}
		return err
	}
	return newSystem(o, collect)
}

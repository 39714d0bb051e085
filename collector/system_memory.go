package collector

import (
	"strings"

	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
)

// memoryName turns "Active(anon)" into "Active_anon".
var memoryName = strings.NewReplacer("(", "_", ")", "")

func newSystemMeminfo(o Options) Collector {
	metrics := newNamed(func(name string) systemMetric {
		return o.systemGauge("memory_"+name, "Field "+name+" of /proc/meminfo.")
	})
	collect := func(r system.Reader, send emit) error {
		fields, err := r.Memory()
		for _, f := range fields {
			name := memoryName.Replace(f.Name)
			if f.Bytes {
				name += "_bytes"
			}
			send(metrics.get(name).sample(float64(f.Value)))
		}
		return err
	}
	return newSystem(o, collect)
}

func newSystemVMStat(o Options) Collector {
	metrics := newNamed(func(name string) systemMetric {
		return o.systemMetric(prometheus.UntypedValue, "vmstat_"+name, "Field "+name+" of /proc/vmstat.")
	})
	collect := func(r system.Reader, send emit) error {
		counters, err := r.VMStat()
		for _, c := range counters {
			send(metrics.get(c.Name).sample(float64(c.Value)))
		}
		return err
	}
	return newSystem(o, collect)
}

package collector

import (
	"strings"

	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
)

func newSystemZFS(o Options) Collector {
	counters := newNamed(func(name string) systemMetric {
		var labels []string
		switch {
		case strings.HasPrefix(name, "zfs_zpool_dataset_"):
			labels = []string{"dataset", "zpool"}
		case strings.HasPrefix(name, "zfs_zpool_"):
			labels = []string{"zpool"}
		}
		return o.systemMetric(prometheus.UntypedValue, name, "Counter "+name+" of ZFS.", labels...)
	})
	return newValuesNamed(o, system.ZFS, counters,
		o.valueGauge("zfs_zpool_state", "1 for the state that a pool is in, 0 for the others.", "state", "zpool"))
}

package collector

import "proctree/collector/host/system"

func newSystemBonding(o Options) Collector {
	return newValues(o, system.Bonding,
		o.valueGauge("bonding_slaves", "Network devices that a bonding interface is configured with.", "master"),
		o.valueGauge("bonding_active", "Network devices of a bonding interface that have a link.", "master"),
	)
}

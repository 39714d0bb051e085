package collector

import "proctree/collector/host/system"

func newSystemNetstat(o Options) Collector {
	return newValuesNamed(o, system.Netstat, o.untypedOf("Counter %s of the network protocols."))
}

package collector

import "proctree/collector/host/system"

func newSystemRAPL(o Options) Collector {
	return newValuesNamed(o, system.RAPL, o.counterOf("Energy %s that a part of the processor used.", "index", "path"))
}

package collector

import "proctree/collector/host/system"

func newSystemEntropy(o Options) Collector {
	return newValues(o, system.Entropy,
		o.valueGauge("entropy_available_bits", "Entropy that is available to the random number generator."),
		o.valueGauge("entropy_pool_size_bits", "Size of the entropy pool."),
	)
}

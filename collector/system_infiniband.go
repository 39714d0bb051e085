package collector

import "proctree/collector/host/system"

func newSystemInfiniBand(o Options) Collector {
	const dev, port = "device", "port"
	return newValuesNamed(o, system.InfiniBand, o.counterOf("Counter %s of an InfiniBand port.", dev, port),
		o.valueGauge("infiniband_info", "1, with what of an InfiniBand device is no number.", "board_id", dev, "firmware_version", "hca_type"),
		o.valueGauge("infiniband_state_id", "State of an InfiniBand port: 1 down, 2 initialized, 3 armed, 4 active, 5 active and deferred.", dev, port),
		o.valueGauge("infiniband_physical_state_id", "Physical state of an InfiniBand port: 1 sleep, 2 polling, 3 disabled, 4 training, 5 up, 6 recovering, 7 test.", dev, port),
		o.valueGauge("infiniband_rate_bytes_per_second", "Speed of an InfiniBand port.", dev, port),
		o.valueGauge("infiniband_lifespan_seconds", "How old the hardware counters of an InfiniBand port can be.", dev, port),
	)
}

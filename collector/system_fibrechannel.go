package collector

import "proctree/collector/host/system"

func newSystemFibreChannel(o Options) Collector {
	return newValuesNamed(o, system.FibreChannel, o.counterOf("Counter %s of a Fibre Channel port.", "fc_host"),
		o.valueGauge("fibrechannel_info", "1, with what of a Fibre Channel port is no number.", "dev_loss_tmo", "fabric_name",
			"fc_host", "port_id", "port_name", "port_state", "port_type", "speed", "supported_classes", "supported_speeds", "symbolic_name"),
	)
}

package collector

import "proctree/collector/host/system"

func newSystemPowerSupply(o Options) Collector {
	return newValuesNamed(o, system.PowerSupply, o.gaugeOf("Value %s of a power supply.", "power_supply"))
}

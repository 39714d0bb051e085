package collector

import "proctree/collector/host/system"

func newSystemDMI(o Options) Collector {
	return newValuesNamed(o, system.DMI, o.gaugeOf("1, with what the firmware says about the machine (%s)."))
}

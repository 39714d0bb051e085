package collector

import "proctree/collector/host/system"

func newSystemSockstat(o Options) Collector {
	return newValuesNamed(o, system.Sockstat, o.gaugeOf("Value %s of /proc/net/sockstat."))
}

package collector

import "proctree/collector/host/system"

func newSystemXFS(o Options) Collector {
	return newValuesNamed(o, system.XFS, o.counterOf("Counter %s of an XFS filesystem.", "device"))
}

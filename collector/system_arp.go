package collector

import "proctree/collector/host/system"

func newSystemARP(o Options) Collector {
	return newValues(o, system.ARP,
		o.valueGauge("arp_entries", "Entries of the ARP table per network device.", "device"))
}

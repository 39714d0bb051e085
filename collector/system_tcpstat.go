package collector

import "proctree/collector/host/system"

func newSystemTCPStat(o Options) Collector {
	return newValues(o, system.TCPStat,
		o.valueGauge("tcp_connection_states", "TCP sockets by state, and the bytes in all their queues.", "state"))
}

package collector

import "proctree/collector/host/system"

func newSystemUDPQueues(o Options) Collector {
	return newValues(o, system.UDPQueues,
		o.valueGauge("udp_queues", "Bytes in the queues of all UDP sockets.", "ip", "queue"))
}

package collector

import "proctree/collector/host/system"

func newSystemIPVS(o Options) Collector {
	labels := []string{"local_address", "local_mark", "local_port", "proto", "remote_address", "remote_port"}
	return newValues(o, system.IPVS,
		o.valueCounter("ipvs_connections_total", "Connections that the load balancer distributed."),
		o.valueCounter("ipvs_incoming_packets_total", "Packets that came in through the load balancer."),
		o.valueCounter("ipvs_outgoing_packets_total", "Packets that went out through the load balancer."),
		o.valueCounter("ipvs_incoming_bytes_total", "Bytes that came in through the load balancer."),
		o.valueCounter("ipvs_outgoing_bytes_total", "Bytes that went out through the load balancer."),
		o.valueGauge("ipvs_backend_connections_active", "Active connections of a server behind the load balancer.", labels...),
		o.valueGauge("ipvs_backend_connections_inactive", "Inactive connections of a server behind the load balancer.", labels...),
		o.valueGauge("ipvs_backend_weight", "Weight of a server behind the load balancer.", labels...),
	)
}

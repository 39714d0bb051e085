package collector

import "proctree/collector/host/system"

func newSystemNFS(o Options) Collector {
	return newValues(o, system.NFS,
		o.valueCounter("nfs_packets_total", "Packets of the NFS client per transport.", "protocol"),
		o.valueCounter("nfs_connections_total", "TCP connections of the NFS client."),
		o.valueCounter("nfs_rpcs_total", "Remote procedure calls of the NFS client."),
		o.valueCounter("nfs_rpc_retransmissions_total", "Remote procedure calls that the NFS client sent again."),
		o.valueCounter("nfs_rpc_authentication_refreshes_total", "How often the NFS client refreshed its credentials."),
		o.valueCounter("nfs_requests_total", "Calls of the NFS client per procedure.", "method", "proto"),
	)
}

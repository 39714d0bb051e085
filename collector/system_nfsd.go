package collector

import "proctree/collector/host/system"

func newSystemNFSd(o Options) Collector {
	return newValues(o, system.NFSd,
		o.valueCounter("nfsd_reply_cache_hits_total", "Replies that the NFS server sent again, because the client had lost them."),
		o.valueCounter("nfsd_reply_cache_misses_total", "Requests of the NFS server whose reply was cached."),
		o.valueCounter("nfsd_reply_cache_nocache_total", "Requests of the NFS server whose reply needs no cache."),
		o.valueCounter("nfsd_file_handles_stale_total", "File handles that clients had and that were stale."),
		o.valueCounter("nfsd_disk_bytes_read_total", "Bytes that the NFS server read."),
		o.valueCounter("nfsd_disk_bytes_written_total", "Bytes that the NFS server wrote."),
		o.valueGauge("nfsd_server_threads", "Threads of the NFS server."),
		o.valueGauge("nfsd_read_ahead_cache_size_blocks", "Size of the read-ahead cache of the NFS server."),
		o.valueCounter("nfsd_read_ahead_cache_not_found_total", "Requests not found in the read-ahead cache of the NFS server."),
		o.valueCounter("nfsd_packets_total", "Packets of the NFS server per transport.", "proto"),
		o.valueCounter("nfsd_connections_total", "TCP connections of the NFS server."),
		o.valueCounter("nfsd_rpc_errors_total", "Remote procedure calls that the NFS server refused, by what was wrong.", "error"),
		o.valueCounter("nfsd_server_rpcs_total", "Remote procedure calls of the NFS server."),
		o.valueCounter("nfsd_requests_total", "Requests of the NFS server per procedure.", "method", "proto"),
	)
}

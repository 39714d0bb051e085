package collector

import "proctree/collector/host/system"

func newSystemSoftnet(o Options) Collector {
	return newValues(o, system.Softnet,
		o.valueCounter("softnet_processed_total", "Packets that a CPU processed.", "cpu"),
		o.valueCounter("softnet_dropped_total", "Packets that a CPU dropped because its backlog was full.", "cpu"),
		o.valueCounter("softnet_times_squeezed_total", "How often a CPU had packets left when its budget was used up.", "cpu"),
		o.valueCounter("softnet_cpu_collision_total", "How often a CPU found a device locked when it wanted to transmit.", "cpu"),
		o.valueCounter("softnet_received_rps_total", "How often a CPU was woken by another to process packets.", "cpu"),
		o.valueCounter("softnet_flow_limit_count_total", "How often a flow reached its limit on a CPU.", "cpu"),
		o.valueGauge("softnet_backlog_len", "Packets in the backlog of a CPU.", "cpu"),
	)
}

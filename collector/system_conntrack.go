package collector

import "proctree/collector/host/system"

func newSystemConntrack(o Options) Collector {
	return newValues(o, system.Conntrack,
		o.valueGauge("nf_conntrack_entries", "Connections in the table of connection tracking."),
		o.valueGauge("nf_conntrack_entries_limit", "Largest number of connections that the table can hold."),
		o.valueGauge("nf_conntrack_stat_found", "Lookups that found an entry."),
		o.valueGauge("nf_conntrack_stat_invalid", "Packets that cannot be tracked."),
		o.valueGauge("nf_conntrack_stat_ignore", "Packets of connections that are tracked already."),
		o.valueGauge("nf_conntrack_stat_insert", "Entries that were inserted."),
		o.valueGauge("nf_conntrack_stat_insert_failed", "Entries that could not be inserted, most of them because they were there already."),
		o.valueGauge("nf_conntrack_stat_drop", "Packets that were dropped because connection tracking failed."),
		o.valueGauge("nf_conntrack_stat_early_drop", "Entries that were dropped to make room for others because the table was full."),
		o.valueGauge("nf_conntrack_stat_search_restart", "Lookups that were started again because the table was resized."),
	)
}

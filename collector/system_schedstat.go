package collector

import "proctree/collector/host/system"

func newSystemSchedstat(o Options) Collector {
	return newValues(o, system.Schedstat,
		o.valueCounter("schedstat_running_seconds_total", "Seconds that tasks ran on a CPU.", "cpu"),
		o.valueCounter("schedstat_waiting_seconds_total", "Seconds that tasks waited for a CPU.", "cpu"),
		o.valueCounter("schedstat_timeslices_total", "How often a task was put on a CPU.", "cpu"),
	)
}

package collector

import "proctree/collector/host/system"

func newSystemProcesses(o Options) Collector {
	return newValues(o, system.Processes,
		o.valueGauge("processes_threads", "Threads of all processes."),
		o.valueGauge("processes_max_threads", "Largest number of threads that this host can have."),
		o.valueGauge("processes_threads_state", "Threads by the letter of their state.", "thread_state"),
		o.valueGauge("processes_state", "Processes by the letter of their state.", "state"),
		o.valueGauge("processes_pids", "Processes of this host."),
		o.valueGauge("processes_max_processes", "Largest number that a process can have, and so the limit of their number."),
	)
}

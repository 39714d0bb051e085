package main

// The graphs show the fifteen groups that used most of the thing in the time looked at; the
// variable group narrows them down.

func processesCPU() row {
	return open("CPU",
		withBefore(perGroup("CPU (cores)", "CPU seconds per second: 1 is one CPU all the time. Processes that have ended are counted.",
			cores, collectors("group_cpu"),
			series(`sum by (instance, group) (rate(proctree_group_cpu_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]))`, "{{group}} {{instance}}"),
			beside(`sum by (instance, group) (rate(proctree_group_cpu_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]AGO))`, "{{group}} {{instance}}"),
		)).AxisLabel("cores").DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("CPU as a share of the host", "Share of all the CPUs of the group's host.", share, collectors("group_cpu", "system_cpu"),
			series(`sum by (instance, group) (rate(proctree_group_cpu_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval])) / on (instance) group_left () count by (instance) (sum by (instance, cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("CPU wait (cores)", "CPUs waited for: 1 is one thread that is ready to run and waits for a CPU all the time.",
			cores, collectors("group_cpu_wait"),
			series(`sum by (instance, group) (rate(proctree_group_cpu_wait_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]))`, "{{group}} {{instance}}"),
		).AxisLabel("cores").DataLinks(linksTo(historyLink(ofSeries))),
	)
}

func processesMemory() row {
	return closed("Memory",
		withBefore(perGroup("Resident memory", "Memory in use. Pages that processes share count for each of them.", size, collectors("group_memory"),
			series(`proctree_group_resident_memory_bytes{HOSTS, group=~"$memory_groups"}`, "{{group}} {{instance}}"),
			beside(`proctree_group_resident_memory_bytes{HOSTS, group=~"$memory_groups"}AGO`, "{{group}} {{instance}}"),
		)).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("Swapped out", "Memory of the groups that was swapped out.", size, collectors("group_memory"),
			series(`proctree_group_swap_bytes{HOSTS, group=~"$memory_groups"}`, "{{group}} {{instance}}")),
		perGroup("Major page faults", "Accesses to memory that had to wait for a disk, per second.", faultRate, collectors("group_page_faults"),
			series(`rate(proctree_group_page_faults_total{HOSTS, group=~"$memory_groups", severity="major"}[$__rate_interval])`, "{{group}} {{instance}}")),
	)
}

func processesIO() row {
	return closed("Disk",
		perGroup("Read", "Bytes per second that storage delivered; what the page cache served does not count.", byteRate, collectors("group_io"),
			series(`rate(proctree_group_read_bytes_total{HOSTS, group=~"$io_groups"}[$__rate_interval])`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("Written", "Bytes per second that will reach storage, counted when a page gets dirty.", byteRate, collectors("group_io"),
			series(`rate(proctree_group_written_bytes_total{HOSTS, group=~"$io_groups"}[$__rate_interval])`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
	)
}

// processesOptional shows what needs collectors that are off unless switched on.
func processesOptional() row {
	return closed("What needs more collectors",
		perGroup("Proportional memory", "Memory with shared pages divided among those who share them, so that groups can be added. Minutes old at times.",
			size, collectors("group_proportional_memory"),
			series(`proctree_group_proportional_memory_bytes{HOSTS, group=~"$memory_groups"}`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("Received", "Bytes per second that the processes received through sockets of IPv4 and IPv6.", byteRate, collectors("group_network"),
			series(`sum by (instance, group) (rate(proctree_group_network_received_bytes_total{HOSTS, group=~"$network_groups"}[$__rate_interval]))`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("Sent", "Bytes per second that the processes sent through sockets of IPv4 and IPv6.", byteRate, collectors("group_network"),
			series(`sum by (instance, group) (rate(proctree_group_network_transmitted_bytes_total{HOSTS, group=~"$network_groups"}[$__rate_interval]))`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("Sockets", "TCP and UDP sockets.", count, collectors("group_sockets"),
			series(`sum by (instance, group) (proctree_group_sockets{HOSTS, group=~"$fd_groups"})`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
	)
}

// processesGPU is empty on hosts without a GPU.
func processesGPU() row {
	return closed("GPU",
		perGroup("GPU", "Share of the time for which the busiest engine of a GPU worked for the group: 1 is all the time.", share, usesGPU,
			series(`max by (instance, group, gpu) (rate(proctree_group_gpu_engine_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]))`, "{{group}} {{gpu}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("GPU memory", "Memory that the group has on a GPU, of all kinds that the driver reports.", size, usesGPU,
			series(`sum by (instance, group, gpu) (proctree_group_gpu_memory_bytes{HOSTS, group=~"$memory_groups"})`, "{{group}} {{gpu}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
	)
}

// usesGPU is for hosts on which nothing uses a GPU.
var usesGPU = nothing("No group uses a GPU here, or the exporter may not read it (docs/gpu.md).")

func processesDescriptors() row {
	return closed("Descriptors and threads",
		perGroup("Open descriptors", "Open file descriptors of all processes of the group.", count, collectors("group_descriptors"),
			series(`proctree_group_open_fds{HOSTS, group=~"$fd_groups"}`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		limitLines(perGroup("Share of the limit of open files", "That of the process of the group that is closest to its own limit.", share, collectors("group_descriptors"),
			series(`proctree_group_worst_fd_ratio{HOSTS, group=~"$fd_groups"}`, "{{group}} {{instance}}"),
		), above(0.8, 0.95)).AxisSoftMax(1),
		perGroup("Threads", "Threads of all processes of the group.", count, collectors("group_processes"),
			series(`proctree_group_threads{HOSTS, group=~"$memory_groups"}`, "{{group}} {{instance}}")),
		perGroup("Context switches", "Switches per second. Involuntary ones mean that the group wanted more CPU than it got.", switchRate, collectors("group_context_switches"),
			series(`sum by (instance, group) (rate(proctree_group_context_switches_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]))`, "{{group}} {{instance}}")),
	)
}

func processesChurn() row {
	return closed("Coming and going",
		perGroup("Processes", "How many processes the group has.", count, collectors("group_processes"),
			series(`sum by (instance, group) (proctree_group_processes{HOSTS, group=~"$churn_groups"})`, "{{group}} {{instance}}")),
		perGroup("Starts", "Processes per second that joined the group.", startRate, collectors("group_lifecycle"),
			series(`rate(proctree_group_starts_total{HOSTS, group=~"$churn_groups"}[$__rate_interval])`, "{{group}} {{instance}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		perGroup("Abnormal exits", "Processes per second that ended by a signal or with an exit code other than 0.", "count:exits/s", noCrash,
			series(`sum by (instance, group, reason) (rate(proctree_group_abnormal_exits_total{HOSTS, group=~"$churn_groups"}[$__rate_interval]))`, "{{group}} {{reason}} {{instance}}")),
		perGroup("Short-lived processes", "Processes per second that started and ended between two scans.", startRate, noCrash,
			series(`rate(proctree_group_short_lived_processes_total{HOSTS, group=~"$churn_groups"}[$__rate_interval])`, "{{group}} {{instance}}"),
		).Height(10),
	)
}

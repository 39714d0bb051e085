package main

import "github.com/grafana/grafana-foundation-sdk/go/timeseries"

// hostCPU shows what the CPUs did and for whom.
func hostCPU() row {
	return open("CPU",
		withBefore(stacked("CPU by mode (cores)", "Cores that were busy, by what with. The dashed line is how many there are.", cores, collectors("system_cpu"),
			series(`sum by (mode) (rate(proctree_system_cpu_seconds_total{HOSTS, mode!="idle"}[$__rate_interval]))`, "{{mode}}"),
			series(`count(sum by (cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`, "cores"),
			beside(`sum(rate(proctree_system_cpu_seconds_total{HOSTS, mode!~"idle|iowait|steal"}[$__rate_interval]AGO))`, "busy"),
		)).OverrideByName("cores", dashed(colorMuted)).AxisLabel("cores"),
		stacked("CPU by group (cores)", "The groups that use most cores now, and those that used most in this time.", cores, collectors("group_cpu"),
			series(`sum by (instance, group) (rate(proctree_group_cpu_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]))`, "{{group}}"),
		).AxisLabel("cores").DataLinks(linksTo(historyLink(ofSeries))),
		stacked("CPU wait by group (cores)", "CPUs that the groups wait for: 1 is one thread that is ready to run and waits for a CPU all the time.",
			cores, collectors("group_cpu_wait"),
			series(`sum by (instance, group) (rate(proctree_group_cpu_wait_seconds_total{HOSTS, group=~"$cpu_groups"}[$__rate_interval]))`, "{{group}}"),
		).AxisLabel("cores").DataLinks(linksTo(historyLink(ofSeries))),
		withBefore(graph("Load", "Tasks that ran or wanted to, or waited for a disk, averaged over 1, 5 and 15 minutes. The dashed line is the number of cores.",
			count, collectors("system_loadavg", "system_cpu"),
			series(`proctree_system_load1{HOSTS}`, "1 min"),
			series(`proctree_system_load5{HOSTS}`, "5 min"),
			series(`proctree_system_load15{HOSTS}`, "15 min"),
			series(`count(sum by (cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`, "cores"),
			beside(`proctree_system_load5{HOSTS}AGO`, "5 min"),
		)).OverrideByName("cores", dashed(colorMuted)),
		graph("Switches and forks", "Context switches, and processes and threads created, per second.", "count:events/s", collectors("system_stat"),
			series(`rate(proctree_system_context_switches_total{HOSTS}[$__rate_interval])`, "context switches"),
			series(`rate(proctree_system_forks_total{HOSTS}[$__rate_interval])`, "forks"),
			series(`rate(proctree_system_intr_total{HOSTS}[$__rate_interval])`, "interrupts"),
		),
	)
}

// hostMemory shows where the memory is.
func hostMemory() row {
	return open("Memory",
		withBefore(stacked("Memory", "Where the memory is. Caches and buffers are given up when programs need the room.", size, collectors("system_meminfo"),
			series(`proctree_system_memory_MemTotal_bytes{HOSTS} - proctree_system_memory_MemFree_bytes{HOSTS} - proctree_system_memory_Cached_bytes{HOSTS} - proctree_system_memory_Buffers_bytes{HOSTS} - proctree_system_memory_SReclaimable_bytes{HOSTS}`, "programs and kernel"),
			series(`proctree_system_memory_Cached_bytes{HOSTS} + proctree_system_memory_Buffers_bytes{HOSTS} + proctree_system_memory_SReclaimable_bytes{HOSTS}`, "caches"),
			series(`proctree_system_memory_MemFree_bytes{HOSTS}`, "free"),
			beside(`proctree_system_memory_MemTotal_bytes{HOSTS}AGO - proctree_system_memory_MemFree_bytes{HOSTS}AGO - proctree_system_memory_Cached_bytes{HOSTS}AGO - proctree_system_memory_Buffers_bytes{HOSTS}AGO - proctree_system_memory_SReclaimable_bytes{HOSTS}AGO`, "programs and kernel"),
		)),
		stacked("Memory by group", "Resident memory of the groups that have most now, and of those that had most at any time of this range. Shared pages count for each process.",
			size, collectors("group_memory"),
			series(`proctree_group_resident_memory_bytes{HOSTS, group=~"$memory_groups"}`, "{{group}}"),
		).DataLinks(linksTo(historyLink(ofSeries))),
		growing(hostsOnly, "Memory that grew", "The groups whose resident memory grew most in this time.",
			"proctree_group_resident_memory_bytes", size, collectors("group_memory")),
		growing(hostsOnly, "Descriptors that grew", "The groups whose open file descriptors grew most in this time.",
			"proctree_group_open_fds", whole, collectors("group_descriptors")),
	)
}

// hostPressure shows who waits for what.
func hostPressure() row {
	return closed("Pressure",
		graph("Some waited", "Share of time in which at least one task waited.", share, collectors("system_pressure"),
			series(`rate(proctree_system_pressure_cpu_waiting_seconds_total{HOSTS}[$__rate_interval])`, "CPU"),
			series(`rate(proctree_system_pressure_memory_waiting_seconds_total{HOSTS}[$__rate_interval])`, "memory"),
			series(`rate(proctree_system_pressure_io_waiting_seconds_total{HOSTS}[$__rate_interval])`, "I/O"),
		).AxisSoftMax(0.1),
		graph("All waited", "Share of time in which every task waited, so that nothing was done.", share, collectors("system_pressure"),
			series(`rate(proctree_system_pressure_memory_stalled_seconds_total{HOSTS}[$__rate_interval])`, "memory"),
			series(`rate(proctree_system_pressure_io_stalled_seconds_total{HOSTS}[$__rate_interval])`, "I/O"),
		).AxisSoftMax(0.1),
		pressureOf("cpu", "CPU pressure by unit, pod and container", "Share of time in which at least one task of a unit, a pod or a container waited for a CPU."),
		pressureOf("memory", "Memory pressure by unit, pod and container", "Share of time in which at least one task of a unit, a pod or a container waited for memory."),
		pressureOf("io", "I/O pressure by unit, pod and container", "Share of time in which at least one task of a unit, a pod or a container waited for a disk."),
		graph("Swap used", "Memory that was swapped out.", size, collectors("system_meminfo"),
			series(`proctree_system_memory_SwapTotal_bytes{HOSTS} - proctree_system_memory_SwapFree_bytes{HOSTS}`, "used"),
			series(`proctree_system_memory_SwapTotal_bytes{HOSTS}`, "swap"),
		).OverrideByName("swap", dashed(colorMuted)),
		graph("Paging", "Pages swapped in and out, and page faults that had to wait for a disk, per second.", "count:pages/s", collectors("system_vmstat"),
			series(`rate(proctree_system_vmstat_pswpin{HOSTS}[$__rate_interval])`, "swapped in"),
			series(`rate(proctree_system_vmstat_pswpout{HOSTS}[$__rate_interval])`, "swapped out"),
			series(`rate(proctree_system_vmstat_pgmajfault{HOSTS}[$__rate_interval])`, "major faults"),
		),
	)
}

// pressureOf shows the control groups in which tasks wait most for a resource in the whole time shown.
func pressureOf(resource, title, description string) *timeseries.PanelBuilder {
	const name = `unit, namespace, pod, container_name, container`
	waited := `proctree_cgroup_pressure_waiting_seconds_total{HOSTS, resource="` + resource + `"}`
	return graph(title, description, share, collectors("cgroup_pressure"),
		series(`sum by (`+name+`) (rate(`+waited+`[$__rate_interval]))`+
			` and on (`+name+`) topk(10, sum by (`+name+`) (increase(`+waited+`[$__range] @ end())))`,
			"{{unit}}{{namespace}} {{pod}} {{container_name}} {{container}}"),
	).AxisSoftMax(0.1)
}

// hostDisks shows disks and filesystems.
func hostDisks() row {
	return closed("Disks",
		mirrored(graph("Throughput", "Bytes read, and below the axis written, per second and disk.", byteRate, collectors("system_diskstats"),
			series(`rate(proctree_system_disk_read_bytes_total{HOSTS}[$__rate_interval])`, "{{device}} read"),
			series(`rate(proctree_system_disk_written_bytes_total{HOSTS}[$__rate_interval])`, "{{device}} written"),
		)),
		graph("Busy", "Share of time in which a disk had a request to serve. Fast disks can do more at 100 %.", share, collectors("system_diskstats"),
			series(`rate(proctree_system_disk_io_time_seconds_total{HOSTS}[$__rate_interval])`, "{{device}}"),
		).Max(1),
		mirrored(graph("Time per request", "How long a read, and below the axis a write, took on average.", seconds, collectors("system_diskstats"),
			series(`rate(proctree_system_disk_read_time_seconds_total{HOSTS}[$__rate_interval]) / (rate(proctree_system_disk_reads_completed_total{HOSTS}[$__rate_interval]) > 0)`, "{{device}} read"),
			series(`rate(proctree_system_disk_write_time_seconds_total{HOSTS}[$__rate_interval]) / (rate(proctree_system_disk_writes_completed_total{HOSTS}[$__rate_interval]) > 0)`, "{{device}} written"),
		)),
		listing("Filesystems", "How full each filesystem is, now.", collectors("system_filesystem"),
			[]query{
				now(`max by (mountpoint) (1 - proctree_system_filesystem_avail_bytes{HOSTS, ` + realFilesystems + `} / proctree_system_filesystem_size_bytes{HOSTS, ` + realFilesystems + `})`),
				now(`max by (mountpoint) (proctree_system_filesystem_avail_bytes{HOSTS, ` + realFilesystems + `})`),
				now(`max by (mountpoint) (1 - proctree_system_filesystem_files_free{HOSTS, ` + realFilesystems + `} / (proctree_system_filesystem_files{HOSTS, ` + realFilesystems + `} > 0))`),
			},
			column{label: "mountpoint", title: "Mounted on"},
			column{ref: "A", title: "Used", unit: share, bar: true},
			column{ref: "B", title: "Free", unit: size, width: 100},
			column{ref: "C", title: "Nodes used", unit: share, limits: above(0.8, 0.95), width: 100},
		).SortBy(sortedBy("Used")).Height(8),
	)
}

// realDevices leaves out devices that never reach a wire: packets that a host sends to itself,
// and those that are only shaped on their way.
const realDevices = `device!~"lo[0-9]*|ifb.*"`

// hostNetwork shows the network devices.
func hostNetwork() row {
	return closed("Network",
		mirrored(graph("Throughput", "Bytes received, and below the axis sent, per second and device. Loopback and ifb devices are left out.", byteRate, collectors("system_netdev"),
			series(`rate(proctree_system_network_receive_bytes_total{HOSTS, `+realDevices+`}[$__rate_interval])`, "{{device}} received"),
			series(`rate(proctree_system_network_transmit_bytes_total{HOSTS, `+realDevices+`}[$__rate_interval])`, "{{device}} sent"),
		)),
		graph("Errors and drops", "Packets that were faulty or thrown away, per second and device. Loopback and ifb devices are left out.", packetRate, collectors("system_netdev"),
			series(`rate(proctree_system_network_receive_errs_total{HOSTS, `+realDevices+`}[$__rate_interval]) + rate(proctree_system_network_transmit_errs_total{HOSTS, `+realDevices+`}[$__rate_interval])`, "{{device}} errors"),
			series(`rate(proctree_system_network_receive_drop_total{HOSTS, `+realDevices+`}[$__rate_interval]) + rate(proctree_system_network_transmit_drop_total{HOSTS, `+realDevices+`}[$__rate_interval])`, "{{device}} drops"),
		),
	)
}

// hostSystem shows what else is worth knowing of a host.
func hostSystem() row {
	return closed("System",
		single("CPUs", "Number of CPUs. What a graph says in cores is to be seen against it.", count, collectors("system_cpu"),
			series(`count(sum by (cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`, "")),
		single("Memory", "Memory that the system can use.", size, collectors("system_meminfo"),
			series(`proctree_system_memory_MemTotal_bytes{HOSTS}`, "")),
		single("PIDs used", "Share of the PIDs that processes and threads may have.", share, collectors("processes"),
			series(`proctree_threads{HOSTS} / proctree_pids_limit{HOSTS}`, "")).Thresholds(above(0.75, 0.9)).Decimals(1),
		single("Blocked", "Processes that wait for a disk or the like and cannot be killed.", count, collectors("processes"),
			series(`sum(proctree_processes{HOSTS, state="blocked"})`, "")).Thresholds(above(5, 20)),
		single("Zombies", "Processes that have ended and whose parents have not asked for the result.", count, collectors("processes"),
			series(`sum(proctree_processes{HOSTS, state="zombie"})`, "")).Thresholds(above(10, 100)),
		graph("Open file handles", "File handles of the whole host; the dashed line is how many there may be.", count, collectors("system_filefd"),
			series(`proctree_system_filefd_allocated{HOSTS}`, "open"),
		),
		graph("Temperatures", "What the sensors of the hardware measure.", "celsius", collectors("system_hwmon"),
			series(`max by (chip, sensor) (proctree_system_hwmon_temp_celsius{HOSTS})`, "{{chip}} {{sensor}}"),
		),
		listing("System", "Kernel and operating system.", collectors("system_uname", "system_os"),
			[]query{
				now(`max by (instance, nodename, release, machine) (proctree_system_uname_info{HOSTS})`),
				now(`max by (instance, pretty_name) (proctree_system_os_info{HOSTS})`),
			},
			column{label: "nodename", title: "Name"},
			column{label: "pretty_name", title: "System"},
			column{label: "release", title: "Kernel"},
			column{label: "machine", title: "Machine"},
		).Height(6),
		graph("Clock", "By how much the host's clock differs from Prometheus' own.", seconds, collectors("system_time"),
			series(`proctree_system_time_seconds{HOSTS} - timestamp(proctree_system_time_seconds{HOSTS})`, "ahead of Prometheus"),
		).Min(-1).Max(1).Height(6),
	)
}

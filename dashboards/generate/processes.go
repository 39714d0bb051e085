package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// processes is the groups of processes of one host or more, and the largest processes one by
// one.
func processes() board {
	return board{
		folder:      folderHosts,
		uid:         uidProcesses,
		title:       "Proctree / Processes",
		description: "Groups of processes: which are missing or ill, what they use, and the largest processes one by one.",
		from:        "1h",
		variables: variables(
			instances(),
			groups(),
			largest("cpu_groups", `topk(15, sum by (group) (rate(proctree_group_cpu_seconds_total{GROUPS}[$__range])))`),
			largest("memory_groups", `topk(15, sum by (group) (avg_over_time(proctree_group_resident_memory_bytes{GROUPS}[$__range])))`),
			largest("io_groups", `topk(15, sum by (group) (rate(proctree_group_written_bytes_total{GROUPS}[$__range]) + rate(proctree_group_read_bytes_total{GROUPS}[$__range])))`),
			largest("fd_groups", `topk(15, sum by (group) (avg_over_time(proctree_group_open_fds{GROUPS}[$__range])))`),
			largest("churn_groups", `topk(15, sum by (group) (increase(proctree_group_starts_total{GROUPS}[$__range])))`),
		),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{
			alertEvents(groupsSelector), rebootEvents(), restartEvents(),
		},
		rows: []row{
			processesHealth(), processesGroups(), processesLargest(),
			processesCPU(), processesMemory(), processesIO(), processesDescriptors(), processesChurn(),
		},
	}
}

func processesHealth() row {
	return open("Is anything wrong?",
		figure("Groups", "Groups of processes.", count, collectors("group_processes"),
			series(`count(sum by (instance, group) (proctree_group_processes{GROUPS}))`, "")),
		figure("Not running", "Groups that the exporter's configuration names and in which nothing runs.", count, nothing("none named"),
			series(`sum((sum by (instance, group) (proctree_group_processes{GROUPS, state!="zombie"}) and on (instance, group) proctree_group_configured{GROUPS}) == bool 0)`, "")).
			Thresholds(anyIs(colorCritical)),
		figure("Blocked", "Processes that wait for a disk or the like and cannot be killed.", count, collectors("group_processes"),
			series(`sum(proctree_group_processes{GROUPS, state="blocked"})`, "")).Thresholds(above(5, 20)),
		figure("Zombies", "Processes that have ended and whose parents have not asked for the result.", count, collectors("group_processes"),
			series(`sum(proctree_group_processes{GROUPS, state="zombie"})`, "")).Thresholds(above(20, 100)),
		figure("Closest to its file limit", "Largest share of its limit of open files that one process uses. At 100 % it can open nothing more.",
			share, collectors("group_descriptors"),
			series(`max(proctree_group_worst_fd_ratio{GROUPS})`, "")).Thresholds(above(0.8, 0.95)).Decimals(0),
		figure("Abnormal exits", "Processes that ended in this time by a signal or with an exit code other than 0.",
			count, nothing("no exit records"),
			series(`sum(increase(proctree_group_abnormal_exits_total{GROUPS}[$__range]))`, "")).Decimals(0),
		figure("Starts", "Processes per second that joined the groups.", eventRate, collectors("group_lifecycle"),
			series(`sum(rate(proctree_group_starts_total{GROUPS}[$__rate_interval]))`, "")),
		figure("In \"other\"", "Processes that found no group of their own because there are too many (--group.max).", count, collectors("scan"),
			series(`sum(proctree_group_overflow_processes{HOSTS})`, "")).Thresholds(anyIs(colorWarning)),
	)
}

// processesGroups lists the groups that use most, now.
func processesGroups() row {
	group := []column{
		{label: "group", title: "Group", link: historyLink(ofRow)},
		{label: "instance", title: "Host", link: hostLink(ofRow)},
	}
	return open("Groups that use most",
		listing("CPU", "In cores, and as a share of all the host's CPUs.", collectors("group_cpu", "system_cpu"),
			[]query{
				now(`topk(15, ` + groupCores + `)`),
				now(`topk(15, ` + groupCores + `) / on (instance) group_left () count by (instance) (sum by (instance, cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`),
			},
			append(group,
				column{ref: "A", title: "Cores", unit: cores, bar: true},
				column{ref: "B", title: "Of the host", unit: share, width: 105})...,
		).Span(gridWidth/3).SortBy(sortedBy("Cores")),
		listing("Memory", "Resident memory, and what was swapped out. Shared pages count for each process.", collectors("group_memory"),
			[]query{
				now(`topk(15, sum by (instance, group) (proctree_group_resident_memory_bytes{GROUPS}))`),
				now(`sum by (instance, group) (proctree_group_swap_bytes{GROUPS}) and on (instance, group) topk(15, sum by (instance, group) (proctree_group_resident_memory_bytes{GROUPS}))`),
			},
			append(group,
				column{ref: "A", title: "Resident", unit: size, bar: true},
				column{ref: "B", title: "Swapped", unit: size, width: 90})...,
		).Span(gridWidth/3).SortBy(sortedBy("Resident")),
		listing("Disk", "Bytes per second read from and written to storage.", collectors("group_io"),
			[]query{
				now(`topk(15, sum by (instance, group) (rate(proctree_group_read_bytes_total{GROUPS}[$__rate_interval]) + rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval])))`),
				now(`sum by (instance, group) (rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval])) and on (instance, group) topk(15, sum by (instance, group) (rate(proctree_group_read_bytes_total{GROUPS}[$__rate_interval]) + rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval])))`),
			},
			append(group,
				column{ref: "A", title: "Both", unit: byteRate, bar: true},
				column{ref: "B", title: "Written", unit: byteRate, width: 90})...,
		).Span(gridWidth/3).SortBy(sortedBy("Both")),
	)
}

// groupCores is what each group uses of the CPUs, in cores.
const groupCores = `sum by (instance, group) (rate(proctree_group_cpu_seconds_total{GROUPS}[$__rate_interval]))`

// processCores is what each process that is shown one by one uses of the CPUs, in cores.
const processCores = `sum by (instance, group, name, pid) (rate(proctree_process_cpu_seconds_total{GROUPS}[$__rate_interval]))`

// processesLargest lists the largest processes one by one, now.
func processesLargest() row {
	return open("Largest processes",
		listing("Processes", "The processes that use most CPU among those that the exporter shows one by one. A click shows the history.",
			collectors("process_cpu", "process_memory", "process_info"),
			[]query{
				now(`topk(20, ` + processCores + `)`),
				now(`sum by (instance, group, name, pid) (proctree_process_resident_memory_bytes{GROUPS}) and on (instance, pid) topk(20, ` + processCores + `)`),
				now(`max by (instance, group, name, pid, user, unit) (proctree_process_info{GROUPS}) and on (instance, pid) topk(20, ` + processCores + `)`),
				now(`max by (instance, group, name, pid) (proctree_process_start_time_seconds{GROUPS}) * 1000 and on (instance, pid) topk(20, ` + processCores + `)`),
			},
			column{label: "name", title: "Process", link: processLink(ofRow)},
			column{label: "pid", title: "PID", width: 80},
			column{label: "group", title: "Group", link: historyLink(ofRow)},
			column{label: "instance", title: "Host", link: hostLink(ofRow)},
			column{label: "user", title: "User", width: 110},
			column{label: "unit", title: "Unit"},
			column{ref: "A", title: "Cores", unit: cores, bar: true},
			column{ref: "B", title: "Memory", unit: size, bar: true},
			column{ref: "D", title: "Started", unit: since, width: 120},
		).Span(gridWidth).SortBy(sortedBy("Cores")),
	)
}

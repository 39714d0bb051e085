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
		host:        "instance",
		variables: variables(
			instances(),
			hostColumnName(),
			groups(),
			before(),
			largest("cpu_groups", busiestNowAndOverall(func(window string) string {
				return `rate(proctree_group_cpu_seconds_total{GROUPS}[` + window + `])`
			})),
			largest("memory_groups", mostNowAndEver("proctree_group_resident_memory_bytes", "GROUPS")),
			largest("io_groups", busiestNowAndOverall(func(window string) string {
				return `rate(proctree_group_written_bytes_total{GROUPS}[` + window + `]) + rate(proctree_group_read_bytes_total{GROUPS}[` + window + `])`
			})),
			largest("network_groups", busiestNowAndOverall(func(window string) string {
				return `sum without (protocol) (rate(proctree_group_network_received_bytes_total{GROUPS}[` + window + `]) + rate(proctree_group_network_transmitted_bytes_total{GROUPS}[` + window + `]))`
			})),
			largest("fd_groups", mostNowAndEver("proctree_group_open_fds", "GROUPS")),
			largest("churn_groups", `topk(15, sum by (group) (increase(proctree_group_starts_total{GROUPS}[$__range])))`),
		),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{
			alertEvents(groupsSelector), killEvents(groupsSelector), crashEvents(groupsSelector), serviceRestartEvents(groupsSelector), rebootEvents(), restartEvents(),
		},
		rows: []row{
			processesHealth(), crashes(perGroups), processesGroups(), processesLargest(),
			processesCPU(), processesMemory(), processesIO(), processesDescriptors(), processesChurn(), processesGPU(), processesOptional(),
		},
	}
}

func processesHealth() row {
	return open("Is anything wrong?",
		single("Groups", "Groups of processes.", count, collectors("group_processes"),
			series(`count(sum by (instance, group) (proctree_group_processes{GROUPS}))`, "")),
		single("Not running", "Groups that the exporter's configuration names and in which nothing runs.", count, nothing("none named"),
			series(`sum((sum by (instance, group) (proctree_group_processes{GROUPS, state!="zombie"}) and on (instance, group) proctree_group_configured{GROUPS}) == bool 0)`, "")).
			Thresholds(anyIs(colorCritical)),
		single("Blocked", "Processes that wait for a disk or the like and cannot be killed.", count, collectors("group_processes"),
			series(`sum(proctree_group_processes{GROUPS, state="blocked"})`, "")).Thresholds(above(5, 20)),
		single("Zombies", "Processes that have ended and whose parents have not asked for the result.", count, collectors("group_processes"),
			series(`sum(proctree_group_processes{GROUPS, state="zombie"})`, "")).Thresholds(above(20, 100)),
		single("Closest to its file limit", "Largest share of its limit of open files that one process uses. At 100 % it can open nothing more.",
			share, collectors("group_descriptors"),
			series(`max(proctree_group_worst_fd_ratio{GROUPS})`, "")).Thresholds(above(0.8, 0.95)).Decimals(0),
		single("Crashes", "Processes that ended in this time by a signal that means a fault, or because memory ran out. They are listed below.",
			whole, nothing("0"),
			series(`sum(`+ended(perGroups, crashReasons)+`)`, "")).Thresholds(anyIs(colorCritical)),
		single("Starts", "Processes per second that joined the groups.", startRate, collectors("group_lifecycle"),
			series(`sum(rate(proctree_group_starts_total{GROUPS}[$__rate_interval]))`, "")),
		single("In \"other\"", "Processes that found no group of their own because there are too many (--group.max).", count, collectors("scan"),
			series(`sum(proctree_group_overflow_processes{HOSTS})`, "")).Thresholds(anyIs(colorWarning)),
	)
}

// processesGroups lists the groups that use most, now.
func processesGroups() row {
	group := ofGroups(perGroups)
	return open("Groups that use most",
		listing("CPU", "In cores, and as a share of all the host's CPUs.", collectors("group_cpu", "system_cpu"),
			[]query{
				now(`topk(15, ` + groupCores + `)`),
				now(`topk(15, ` + groupCores + `) / on (instance) group_left () count by (instance) (sum by (instance, cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`),
			},
			append(group,
				column{ref: "A", title: "Cores", unit: cores, bar: true},
				column{ref: "B", title: "Of the host", unit: share, width: 105})...,
		).SortBy(sortedBy("Cores")),
		listing("Memory", "Resident memory, and what was swapped out. Shared pages count for each process.", collectors("group_memory"),
			[]query{
				now(`topk(15, sum by (instance, group) (proctree_group_resident_memory_bytes{GROUPS}))`),
				now(`sum by (instance, group) (proctree_group_swap_bytes{GROUPS}) and on (instance, group) topk(15, sum by (instance, group) (proctree_group_resident_memory_bytes{GROUPS}))`),
			},
			append(group,
				column{ref: "A", title: "Resident", unit: size, bar: true},
				column{ref: "B", title: "Swapped", unit: size, width: 90})...,
		).SortBy(sortedBy("Resident")),
		listing("Disk", "Bytes per second read from and written to storage.", collectors("group_io"),
			[]query{
				now(`topk(15, sum by (instance, group) (rate(proctree_group_read_bytes_total{GROUPS}[$__rate_interval]) + rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval])))`),
				now(`sum by (instance, group) (rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval])) and on (instance, group) topk(15, sum by (instance, group) (rate(proctree_group_read_bytes_total{GROUPS}[$__rate_interval]) + rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval])))`),
			},
			append(group,
				column{ref: "A", title: "Both", unit: byteRate, bar: true},
				column{ref: "B", title: "Written", unit: byteRate, width: 90})...,
		).SortBy(sortedBy("Both")),
		listing("Short-lived processes", "The groups whose processes start and end between two scans, by the CPU that they use: each process alone is never seen "+
			"among the largest. CPU per start is the average of the group.", noCrash,
			[]query{
				now(`topk(15, ` + shortLivedCores + `)` + orElse("group", "none")),
				now(`sum by (instance, group) (rate(proctree_group_short_lived_processes_total{GROUPS}[$__rate_interval])) > 0`),
				now(shortLivedCores + ` / (sum by (instance, group) (rate(proctree_group_starts_total{GROUPS}[$__rate_interval])) > 0)`),
			},
			append(group,
				column{ref: "A", title: "Cores", unit: cores, bar: true},
				column{ref: "B", title: "Short-lived", unit: startRate, width: 110},
				column{ref: "C", title: "CPU per start", unit: seconds, width: 110})...,
		).SortBy(sortedBy("Cores")),
		growing(perGroups, "Memory that grew", "The groups whose resident memory grew most in this time.",
			"proctree_group_resident_memory_bytes", size, collectors("group_memory")),
		growing(perGroups, "Descriptors that grew", "The groups whose open file descriptors grew most in this time.",
			"proctree_group_open_fds", whole, collectors("group_descriptors")),
	)
}

// shortLivedCores is what the groups use of the CPUs that have processes too short to be scanned.
const shortLivedCores = groupCores + ` and on (instance, group) (sum by (instance, group) (rate(proctree_group_short_lived_processes_total{GROUPS}[$__rate_interval])) > 0)`

// groupCores is what each group uses of the CPUs, in cores.
const groupCores = `sum by (instance, group) (rate(proctree_group_cpu_seconds_total{GROUPS}[$__rate_interval]))`

// processCores is what each process that is shown one by one uses of the CPUs, in cores.
func processCores(selector string) string {
	return `sum by (instance, group, name, pid) (rate(proctree_process_cpu_seconds_total{` + selector + `}[$__rate_interval]))`
}

func processesLargest() row {
	return open("Largest processes", largestProcesses(perGroups).Span(gridWidth))
}

// largestProcesses lists the largest processes one by one, now.
func largestProcesses(selector string) panel {
	largest := ` and on (instance, pid) topk(20, ` + processCores(selector) + `)`
	columns := []column{
		{label: "name", title: "Process", links: linksTo(processLink(ofRow))},
		{label: "pid", title: "PID", width: 80},
	}
	columns = append(columns, ofGroups(selector)...)
	columns = append(columns,
		column{label: "user", title: "User", width: 110},
		column{label: "unit", title: "Unit"},
		column{ref: "A", title: "Cores", unit: cores, bar: true},
		column{ref: "B", title: "Memory", unit: size, bar: true},
		column{ref: "D", title: "Started", unit: since, width: 120},
	)
	return listing("Processes", "The processes that use most CPU among those that the exporter shows one by one. A click shows the history.",
		collectors("process_cpu", "process_memory", "process_info"),
		[]query{
			now(`topk(20, ` + processCores(selector) + `)`),
			now(`sum by (instance, group, name, pid) (proctree_process_resident_memory_bytes{` + selector + `})` + largest),
			now(`max by (instance, group, name, pid, user, unit) (proctree_process_info{` + selector + `})` + largest),
			now(`max by (instance, group, name, pid) (proctree_process_start_time_seconds{` + selector + `}) * 1000` + largest),
		},
		columns...,
	).SortBy(sortedBy("Cores"))
}

package main

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// history is one group, or one process of it, over time, beside the same a day or a week
// before.
func history() board {
	return board{
		folder:      folderHosts,
		uid:         uidHistory,
		title:       "Proctree / Process history",
		description: "One group of processes, or one process, over time, compared with the same time a day and a week before.",
		from:        "6h",
		host:        "instance",
		group:       "group",
		variables: variables(
			instance(),
			// Several at once too, and not only for that: Grafana escapes what is special in a
			// regular expression, such as the brackets of (sd-pam), for such variables alone.
			// The one that used most CPU of those that live comes first.
			ranked("group", "Group", "group", `sort_desc(1 + sum by (group) (rate(proctree_group_cpu_seconds_total{HOSTS}[$__range])) and on (group) sum by (group) (proctree_group_processes{HOSTS}) > 0 or 0 * sum by (group) (proctree_group_processes{HOSTS}))`).Multi(true),
			labelValues("pid", "PID", promql(`label_values(proctree_process_info{HOSTS, group=~"$group"}, pid)`)).
				Multi(true).IncludeAll(true).AllValue(".+").Current(all()),
		),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{
			alertEvents(groupsSelector), killEvents(groupsSelector), crashEvents(groupsSelector), groupRestartEvents(), rebootEvents(), restartEvents(),
		},
		rows: []row{historyHealth(), historyUse(), historyMore(), historyProcesses()},
	}
}

func historyHealth() row {
	return open("Is anything wrong?",
		single("Processes", "Processes of the group.", count, ofGroup("group_processes"),
			series(`sum(proctree_group_processes{GROUPS})`, "")).
			Thresholds(steps(dashboard.Threshold{Color: colorCritical}, dashboard.Threshold{Value: new(1.0), Color: colorFine})),
		single("Alerts", "Alerts that are firing for this group.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", GROUPS}) or vector(0)`, "")).Thresholds(anyIs(colorCritical)),
		single("Oldest started", "When the oldest process of the group was started.", since, ofGroup("group_lifecycle"),
			series(`min(proctree_group_oldest_start_time_seconds{GROUPS}) * 1000`, "")),
		single("CPU", "Cores that the group uses.", cores, ofGroup("group_cpu"),
			series(groupCores, "")).Decimals(2),
		trend("CPU of the host", "Share of all the host's CPUs that the group uses.", ofGroup("group_cpu", "system_cpu"),
			series(groupCores+` / on (instance) group_left () count by (instance) (sum by (instance, cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode="idle"}[$__rate_interval])))`, "share")).
			Thresholds(above(0.8, 0.95)),
		single("Memory", "Resident memory of the group.", size, ofGroup("group_memory"),
			series(`sum(proctree_group_resident_memory_bytes{GROUPS})`, "")),
		single("Of its file limit", "Share of its limit of open files that the process uses that is closest to it.", share, ofGroup("group_descriptors"),
			series(`max(proctree_group_worst_fd_ratio{GROUPS})`, "")).Thresholds(above(0.8, 0.95)),
		single("Abnormal exits", "Processes of the group that ended in this time by a signal or with an exit code other than 0.",
			count, nothing("no exit records"),
			series(`round(sum(increase(proctree_group_abnormal_exits_total{GROUPS}[$__range])))`, "")).Thresholds(anyIs(colorWarning)),
	)
}

// compare is a graph of a value beside the same a day and a week before: those dashed and
// grey, so that what differs is seen at once. AGO stands in the expression for the offset.
func compare(title, description string, u unit, n needs, expr string, more ...query) *timeseries.PanelBuilder {
	ago := func(offset string) string { return strings.ReplaceAll(expr, "AGO", offset) }
	return graph(title, description+" The dashed lines are the same time a day and a week before.", u, n,
		append([]query{
			series(ago(""), "now"),
			series(ago(" offset 1d"), "a day before"),
			series(ago(" offset 1w"), "a week before"),
		}, more...)...,
	).
		OverrideByName("a day before", dashed(colorMuted)).
		OverrideByName("a week before", dashed("#5a5a5a"))
}

func historyUse() row {
	return open("What it uses",
		withBand(compare("CPU (cores)", "Cores that the group used, its ended processes included. The grey band is where it usually is.", cores, ofGroup("group_cpu"),
			`sum(rate(proctree_group_cpu_seconds_total{GROUPS}[$__rate_interval]AGO))`, bandQueries(`GROUPS, metric="cpu"`)...)).AxisLabel("cores"),
		withBand(compare("Memory", "Resident memory of the group's processes. The grey band is where it usually is, with what was swapped out.", size, ofGroup("group_memory"),
			`sum(proctree_group_resident_memory_bytes{GROUPS}AGO)`, bandQueries(`GROUPS, metric="memory"`)...)),
		compare("Read", "Bytes per second that storage delivered.", byteRate, ofGroup("group_io"),
			`sum(rate(proctree_group_read_bytes_total{GROUPS}[$__rate_interval]AGO))`),
		compare("Written", "Bytes per second that will reach storage.", byteRate, ofGroup("group_io"),
			`sum(rate(proctree_group_written_bytes_total{GROUPS}[$__rate_interval]AGO))`),
	)
}

func historyMore() row {
	return closed("What else it does",
		compare("Open descriptors", "Open file descriptors of the group's processes.", count, ofGroup("group_descriptors"),
			`sum(proctree_group_open_fds{GROUPS}AGO)`),
		compare("Threads", "Threads of the group's processes.", count, ofGroup("group_processes"),
			`sum(proctree_group_threads{GROUPS}AGO)`),
		stacked("Processes by state", "What the group's processes did.", count, ofGroup("group_processes"),
			series(`sum by (state) (proctree_group_processes{GROUPS})`, "{{state}}")),
		graph("Starts and exits", "Processes per second that joined the group and that ended.", "count:processes/s", ofGroup("group_lifecycle"),
			series(`sum(rate(proctree_group_starts_total{GROUPS}[$__rate_interval]))`, "starts"),
			series(`sum(rate(proctree_group_exits_total{GROUPS}[$__rate_interval]))`, "exits")),
		graph("Page faults", "Accesses to memory that was not there; major ones had to wait for a disk.", faultRate, ofGroup("group_page_faults"),
			series(`sum by (severity) (rate(proctree_group_page_faults_total{GROUPS}[$__rate_interval]))`, "{{severity}}")),
		graph("Waiting (cores)", "Why is it slow? Threads that are ready to run wait for a CPU that others use, or for the next period of a CPU quota.",
			cores, ofGroup("group_cpu_wait", "group_limits"),
			series(`sum(rate(proctree_group_cpu_wait_seconds_total{GROUPS}[$__rate_interval]))`, "waiting for a CPU"),
			series(`sum(rate(proctree_group_cpu_cfs_throttled_seconds_total{GROUPS}[$__rate_interval]))`, "throttled by a quota"),
			series(groupCores, "using a CPU")).AxisLabel("cores"),
		graph("Context switches", "Involuntary ones mean that the group wanted more CPU than it got.", switchRate, ofGroup("group_context_switches"),
			series(`sum by (kind) (rate(proctree_group_context_switches_total{GROUPS}[$__rate_interval]))`, "{{kind}}")),
	)
}

func historyProcesses() row {
	return open("Its processes, one by one",
		listing("Processes", "The processes of the group that the exporter shows one by one, now.", ofGroup("process_info", "process_cpu", "process_memory"),
			[]query{
				now(`max by (name, pid, ppid, user, exe, unit, container) (proctree_process_info{PIDS})`),
				now(`sum by (name, pid) (rate(proctree_process_cpu_seconds_total{PIDS}[$__rate_interval]))`),
				now(`max by (name, pid) (proctree_process_resident_memory_bytes{PIDS})`),
				now(`max by (name, pid) (proctree_process_start_time_seconds{PIDS}) * 1000`),
			},
			column{label: "name", title: "Process"},
			column{label: "pid", title: "PID", width: 80},
			column{label: "ppid", title: "Parent", width: 80},
			column{label: "user", title: "User", width: 110},
			column{label: "exe", title: "Program"},
			column{label: "unit", title: "Unit"},
			column{label: "container", title: "Container"},
			column{ref: "B", title: "Cores", unit: cores, bar: true},
			column{ref: "C", title: "Memory", unit: size, bar: true},
			column{ref: "D", title: "Started", unit: since, width: 120},
		).Span(gridWidth).Height(8).SortBy(sortedBy("Cores")),
		stacked("CPU by process (cores)", "Cores that each process used.", cores, ofGroup("process_cpu"),
			series(`sum by (name, pid) (rate(proctree_process_cpu_seconds_total{PIDS}[$__rate_interval]))`, "{{name}} {{pid}}")).AxisLabel("cores"),
		stacked("Memory by process", "Resident memory of each process.", size, ofGroup("process_memory"),
			series(`max by (name, pid) (proctree_process_resident_memory_bytes{PIDS})`, "{{name}} {{pid}}")),
		mirrored(graph("Disk by process", "Bytes per second read, and below the axis written.", byteRate, ofGroup("process_io"),
			series(`sum by (name, pid) (rate(proctree_process_read_bytes_total{PIDS}[$__rate_interval]))`, "{{name}} {{pid}} read"),
			series(`sum by (name, pid) (rate(proctree_process_written_bytes_total{PIDS}[$__rate_interval]))`, "{{name}} {{pid}} written"))),
		graph("Threads and descriptors by process", "Threads, and open file descriptors.", count, ofGroup("process_threads", "process_descriptors"),
			series(`max by (name, pid) (proctree_process_threads{PIDS})`, "{{name}} {{pid}} threads"),
			series(`max by (name, pid) (proctree_process_open_fds{PIDS})`, "{{name}} {{pid}} descriptors")),
	)
}

package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// fleet is all hosts at a glance: which are in trouble, and who uses what.
func fleet() board {
	return board{
		folder:      folderHosts,
		uid:         uidFleet,
		title:       "Proctree / Fleet",
		description: "All hosts: which are in trouble, which are busy, and which groups of processes use most.",
		from:        "3h",
		variables: variables(instances(), liveSource(), hostColumnName(),
			// The groups that are large on some host: all of them would be too many to ask for.
			labelValues("group", "Group", promql(`label_values(instance_group:proctree_group_cpu_seconds_rate5m:topk5{HOSTS}, group)`)).
				Multi(true).IncludeAll(true).AllValue(".+").Current(all())),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{rebootEvents()},
		rows:        []row{fleetHealth(), fleetHosts(), fleetConsumers(), fleetProcesses(), fleetCourse()},
	}
}

// The states of a host, worst last, as hostState counts them.
func hostStates() []state {
	return []state{{"fine", colorGood}, {"warning", colorWarning}, {"critical", colorCritical}, {"down", "purple"}}
}

// hostState is the worst of what is known of each host: 3 where the exporter does not
// answer, 2 and 1 while an alert of that severity fires, else 0.
const hostState = `max by (instance) (
    3 * (up{HOSTS} == bool 0)
  or
    2 * max by (instance, severity) (ALERTS{alertstate="firing", severity="critical", HOSTS})
  or
    max by (instance, severity) (ALERTS{alertstate="firing", severity="warning", HOSTS})
)`

func fleetHealth() row {
	return open("Is anything wrong?",
		single("Hosts", "Hosts that Prometheus knows of.", count, ofPrometheus,
			series(`count(up{HOSTS})`, "")),
		single("Down", "Hosts whose exporter does not answer.", count, ofPrometheus,
			series(`sum(up{HOSTS} == bool 0)`, "")).Thresholds(anyIs(colorCritical)),
		single("Critical alerts", "Alerts of severity critical that are firing.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="critical", HOSTS}) or vector(0)`, "")).
			Thresholds(anyIs(colorCritical)).
			DataLinks(linksTo(to(uidAlerts, "Alerts", ofSeries, variable{name: "instance"}))),
		single("Warnings", "Alerts of severity warning that are firing.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="warning", HOSTS}) or vector(0)`, "")).
			Thresholds(anyIs(colorWarning)).
			DataLinks(linksTo(to(uidAlerts, "Alerts", ofSeries, variable{name: "instance"}))),
		single("Short of CPU", "Hosts that use more than 90 % of their CPUs.", count, ofRecording,
			series(`sum(instance:proctree_system_cpu:ratio_rate5m{HOSTS} > bool 0.9)`, "")).Thresholds(anyIs(colorWarning)),
		single("Short of memory", "Hosts that use more than 90 % of their memory.", count, ofRecording,
			series(`sum(instance:proctree_system_memory:ratio{HOSTS} > bool 0.9)`, "")).Thresholds(anyIs(colorWarning)),
		single("Short of disk", "Hosts with a filesystem that is fuller than 90 %.", count, ofRecording,
			series(`sum((max by (instance) (instance_mountpoint:proctree_system_filesystem:ratio{HOSTS})) > bool 0.9)`, "")).Thresholds(anyIs(colorWarning)),
		single("Under pressure", "Hosts on which tasks wait for CPU, memory or disks more than half of the time.", count, ofRecording,
			series(`sum((max by (instance) (instance_resource:proctree_system_pressure_waiting:rate5m{HOSTS})) > bool 0.5)`, "")).Thresholds(anyIs(colorWarning)),
	)
}

func fleetHosts() row {
	return open("Hosts",
		timeline("State of each host", "The worst that is known of each host: whether its exporter answers, and what fires for it. Twenty hosts a page.",
			ofPrometheus, hostStates(), series(hostState, "{{instance}}")).
			DataLinks(linksTo(hostLink(ofSeries))),
		listing("Hosts", "Each host as it is now. A click opens it.", ofRecording,
			[]query{
				now(hostState),
				now(`max by (instance) (instance:proctree_system_cpu:ratio_rate5m{HOSTS})`),
				now(`max by (instance) (instance:proctree_system_memory:ratio{HOSTS})`),
				now(`max by (instance) (instance_mountpoint:proctree_system_filesystem:ratio{HOSTS})`),
				now(`max by (instance) (instance_resource:proctree_system_pressure_waiting:rate5m{HOSTS})`),
				now(`sum by (instance) (proctree_processes{HOSTS})`),
				now(`max by (instance) (proctree_system_boot_time_seconds{HOSTS}) * 1000`),
			},
			column{label: "instance", title: "Host", links: linksTo(hostLink(ofRow))},
			column{ref: "A", title: "State", words: named(hostStates()), limits: plain(), width: 90},
			column{ref: "B", title: "CPU", unit: share, bar: true},
			column{ref: "C", title: "Memory", unit: share, bar: true},
			column{ref: "D", title: "Fullest disk", unit: share, bar: true},
			column{ref: "E", title: "Worst pressure", unit: share, limits: above(0.3, 0.6), width: 120},
			column{ref: "F", title: "Processes", unit: whole, width: 90},
			column{ref: "G", title: "Up since", unit: since, width: 120},
		).Span(gridWidth).Height(9).SortBy(sortedBy("State")),
	)
}

func fleetConsumers() row {
	return open("Who uses most",
		listing("By CPU", "The groups that use most CPU on one host: in cores, and as a share of that host's CPUs.", ofRecording,
			[]query{
				now(`topk(15, max by (job, instance, group) (instance_group:proctree_group_cpu_seconds_rate5m:topk5{GROUPS}))`),
				now(`max by (job, instance, group) (instance_group:proctree_group_cpu:ratio_rate5m{GROUPS}) and on (job, instance, group) topk(15, instance_group:proctree_group_cpu_seconds_rate5m:topk5{GROUPS})`),
			},
			column{label: "group", title: "Group", links: linksTo(historyLink(ofRow))},
			hostColumn(),
			column{ref: "A", title: "Cores", unit: cores, bar: true},
			column{ref: "B", title: "Of the host", unit: share, width: 105},
		).Span(10).SortBy(sortedBy("Cores")),
		listing("By memory", "The groups that have most resident and swapped memory on one host.", ofRecording,
			[]query{now(`topk(15, instance_group:proctree_group_memory_bytes:topk5{GROUPS})`)},
			column{label: "group", title: "Group", links: linksTo(historyLink(ofRow))},
			hostColumn(),
			column{title: "Memory", unit: size, bar: true},
		).Span(7).SortBy(sortedBy("Memory")),
		listing("By disk", "The groups that read and write most on one host.", ofRecording,
			[]query{now(`topk(15, instance_group:proctree_group_io_bytes_rate5m:topk5{GROUPS})`)},
			column{label: "group", title: "Group", links: linksTo(historyLink(ofRow))},
			hostColumn(),
			column{title: "Disk I/O", unit: byteRate, bar: true},
		).Span(7).SortBy(sortedBy("Disk I/O")),
	)
}

// fleetProcesses asks the exporters of the chosen hosts themselves, once somebody opens the row.
func fleetProcesses() row {
	top := func(title, description, sort string, u unit) panel {
		return recorded(title, description+" At the end of the time range, on up to 100 hosts: choose them by the variable Instance.",
			liveQuery{QueryType: "top", Sort: sort, Limit: 20}, u).
			NoValue("Choose up to 100 hosts by the variable Instance: \"All\" cannot be asked.")
	}
	return closed("Largest processes of the chosen hosts",
		top("Processes by CPU (cores)", "The processes that use most CPU.", "cpu", cores),
		top("Processes by memory", "The processes that have most resident memory.", "memory", size),
	)
}

func fleetCourse() row {
	return closed("Over time",
		spread("CPU of the hosts", "How many hosts used how much of their CPUs.", share, ofRecording,
			series(`instance:proctree_system_cpu:ratio_rate5m{HOSTS}`, "{{instance}}")),
		spread("Memory of the hosts", "How many hosts used how much of their memory.", share, ofRecording,
			series(`instance:proctree_system_memory:ratio{HOSTS}`, "{{instance}}")),
		graph("CPU of the fleet (cores)", "Cores in use on all hosts; the dashed line is how many there are.", cores, ofRecording,
			series(`sum(instance:proctree_system_cpu:ratio_rate5m{HOSTS} * instance:proctree_system_cpus:count{HOSTS})`, "used"),
			series(`sum(instance:proctree_system_cpus:count{HOSTS})`, "cores"),
		).OverrideByName("cores", dashed(colorMuted)).AxisLabel("cores"),
		graph("Pressure of the fleet", "Share of time in which tasks waited, on the worst host and on the middle one.", share, ofRecording,
			series(`max by (resource) (instance_resource:proctree_system_pressure_waiting:rate5m{HOSTS})`, "{{resource}}, worst"),
			series(`quantile by (resource) (0.5, instance_resource:proctree_system_pressure_waiting:rate5m{HOSTS})`, "{{resource}}, median"),
		),
		graph("Disks of the fleet", "Bytes read and written per second on all hosts.", byteRate, ofRecording,
			series(`sum(instance:proctree_system_disk_bytes:rate5m{HOSTS})`, "read and written")),
		mirrored(graph("Network of the fleet", "Bytes received, and below the axis sent, per second on all hosts.", byteRate, ofRecording,
			series(`sum(instance:proctree_system_network_receive_bytes:rate5m{HOSTS})`, "received"),
			series(`sum(instance:proctree_system_network_transmit_bytes:rate5m{HOSTS})`, "sent"))),
	)
}

package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/text"
)

// host is everything about one host: is anything wrong, which processes are there, and what
// the hardware does.
func host() board {
	return board{
		folder:      folderHosts,
		uid:         uidHost,
		title:       "Proctree / Host",
		description: "One host: its health, its process tree as it is now or was, CPU, memory, disks and network.",
		from:        "1h",
		host:        "instance",
		treeGroup:   true,
		variables: variables(
			instance(),
			liveSource(),
			treeGroup(),
			before(),
			largest("cpu_groups", busiestNowAndOverall(func(window string) string {
				return `rate(proctree_group_cpu_seconds_total{HOSTS}[` + window + `])`
			})),
			largest("memory_groups", mostNowAndEver("proctree_group_resident_memory_bytes", "HOSTS")),
		),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{
			alertEvents(hostsSelector), killEvents(hostsSelector), crashEvents(hostsSelector), serviceRestartEvents(hostsSelector), rebootEvents(), restartEvents(),
		},
		rows: []row{
			hostHealth(), crashes(hostsOnly), hostTree(), hostSlow(), hostWithoutPlugins(), hostCPU(), hostMemory(), hostPressure(), hostDisks(), hostNetwork(), hostSystem(),
		},
	}
}

// usedCPU is the share of all CPUs that were not idle. Waiting for a disk is idleness.
const usedCPU = `1 - avg by (instance) (sum by (instance, cpu) (rate(proctree_system_cpu_seconds_total{HOSTS, mode=~"idle|iowait|steal"}[$__rate_interval])))`

// usedMemory is the share of memory that no program could have without swapping.
// Kernels before Linux 3.14 do not estimate it.
const usedMemory = `1 - (proctree_system_memory_MemAvailable_bytes{HOSTS} or proctree_system_memory_MemFree_bytes{HOSTS} + proctree_system_memory_Buffers_bytes{HOSTS} + proctree_system_memory_Cached_bytes{HOSTS}) / proctree_system_memory_MemTotal_bytes{HOSTS}`

// realFilesystems leaves out the same filesystems as alerting-rules/recording.yml.
const realFilesystems = `fstype!~"tmpfs|ramfs|devtmpfs|devfs|overlay|aufs|unionfs|nullfs|squashfs|erofs|cramfs|romfs|iso9660|cd9660|udf|efivarfs|procfs|linprocfs|linsysfs|fdescfs|mqueuefs|autofs|fuse|fuse\\..+|fusefs.*|osxfuse.*|macfuse.*"`

// fullestFilesystem is the share that is used of the fullest filesystem of each host.
const fullestFilesystem = `max by (instance) (1 - proctree_system_filesystem_avail_bytes{HOSTS, ` + realFilesystems + `} / proctree_system_filesystem_size_bytes{HOSTS, ` + realFilesystems + `})`

func hostHealth() row {
	return open("Is anything wrong?",
		single("Exporter", "Whether Prometheus reaches the exporter on this host.", count, ofPrometheus,
			series(`up{HOSTS}`, "")).
			Mappings([]dashboard.ValueMapping{named([]state{{"down", colorCritical}, {"up", colorGood}})}).Span(gridWidth/6),
		single("Alerts", "Alerts that are firing for this host.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", HOSTS}) or vector(0)`, "")).
			Thresholds(anyIs(colorCritical)).
			DataLinks(linksTo(to(uidAlerts, "Alerts of this host", ofSeries, variable{name: "instance"}))).Span(gridWidth/6),
		trend("CPU used", "Share of all CPUs that worked. Waiting for a disk does not count.", collectors("system_cpu"),
			series(usedCPU, "used")).Thresholds(above(0.8, 0.95)).Span(gridWidth/6),
		trend("Memory used", "Share of memory that is not available to programs; caches are available.", collectors("system_meminfo"),
			series(usedMemory, "used")).Thresholds(above(0.85, 0.95)).Span(gridWidth/6),
		trend("Fullest disk", "Share used of the fullest filesystem; those in memory do not count.", collectors("system_filesystem"),
			series(fullestFilesystem, "used")).Thresholds(above(0.85, 0.95)).Span(gridWidth/6),
		single("Up since", "When the host was started.", since, collectors("system_stat"),
			series(`proctree_system_boot_time_seconds{HOSTS} * 1000`, "")).Span(gridWidth/6),
		trend("CPU pressure", "Share of time in which a task waited for a CPU.", collectors("system_pressure"),
			series(`rate(proctree_system_pressure_cpu_waiting_seconds_total{HOSTS}[$__rate_interval])`, "waiting")).
			Thresholds(above(0.3, 0.6)).Span(gridWidth/6),
		trend("I/O pressure", "Share of time in which a task waited for a disk.", collectors("system_pressure"),
			series(`rate(proctree_system_pressure_io_waiting_seconds_total{HOSTS}[$__rate_interval])`, "waiting")).
			Thresholds(above(0.3, 0.6)).Span(gridWidth/6),
		trend("Mem pressure", "Share of time in which a task waited for memory. More than a few percent is felt.", collectors("system_pressure"),
			series(`rate(proctree_system_pressure_memory_waiting_seconds_total{HOSTS}[$__rate_interval])`, "waiting")).
			Thresholds(above(0.1, 0.3)).Span(gridWidth/6),
		single("Processes", "Processes of the host, the excluded ones counted too.", whole, collectors("processes"),
			series(`sum(proctree_processes{HOSTS})`, "processes")).Span(gridWidth/6),
		single("Crashes", "Processes that ended in this time by a signal that means a fault, or because memory ran out. They are listed below.", whole, nothing("0"),
			series(`sum(`+ended(hostsOnly, crashReasons)+`)`, "")).Thresholds(anyIs(colorCritical)).Span(gridWidth/6),
		single("OOM kills", "Processes that the kernel killed in this time because memory ran out.", count, collectors("system_vmstat"),
			series(`round(increase(proctree_system_vmstat_oom_kill{HOSTS}[$__range]))`, "")).Thresholds(anyIs(colorCritical)).Decimals(0).Span(gridWidth/6),
	)
}

const treeDescription = "Every process below its parent. While the range ends now it is live; else it is the tree at the end of the range: " +
	"every process, if the exporter has a recording of that time, otherwise the largest processes with their ancestors, from Prometheus."

func hostTree() row {
	return open("Processes",
		tree("Process tree", treeDescription),
	)
}

// hostWithoutPlugins stands in for the tree where Grafana lacks the plugins: what to install, and
// the largest processes as Prometheus has them.
func hostWithoutPlugins() row {
	return closed("No tree above? What to install, and the largest processes from Prometheus",
		text.NewPanelBuilder().
			Title("What the tree needs").
			Description("The two plugins that the process tree is made of.").
			Mode(text.TextModeMarkdown).
			Content(withoutPlugins).
			Span(gridWidth/4).Height(10),
		largestProcesses(hostsOnly).Span(gridWidth*3/4),
	)
}

// withoutPlugins says what to install.
const withoutPlugins = `The process tree needs two plugins in Grafana's plugin directory:

- ` + "`proctree-tree-panel`" + ` draws the tree.
- ` + "`proctree-live-datasource`" + ` asks the exporters for it.

Both are built from the source with ` + "`make grafana-plugins`" + `. They are not signed, so grafana.ini must name them in
` + "`allow_loading_unsigned_plugins`" + `. *docs/grafana.md* has each step.

The table beside this text needs neither. It shows the largest processes that Prometheus has.`

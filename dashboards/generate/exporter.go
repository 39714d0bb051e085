package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// exporter is what the exporters themselves cost, and whether they see everything.
func exporter() board {
	return board{
		folder:      folderExporter,
		uid:         uidExporter,
		title:       "Proctree / Exporter",
		description: "The exporters themselves: what they cost, what they cannot read, and how near they are to their limits.",
		from:        "3h",
		variables:   variables(instances(), hostColumnName()),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{restartEvents()},
		rows:        []row{exporterHealth(), exporterList(), exporterCost(), exporterBudget(), exporterErrors()},
	}
}

func exporterHealth() row {
	return open("Is anything wrong?",
		single("Not answering", "Exporters that do not answer.", count, ofPrometheus,
			series(`sum(up{HOSTS} == bool 0)`, "")).Thresholds(anyIs(colorCritical)),
		single("Failed collectors", "Collectors that failed in the last scrape.", count, ofPrometheus,
			series(`sum(proctree_scrape_collector_success{HOSTS} == bool 0)`, "")).Thresholds(anyIs(colorCritical)),
		single("Bad configuration", "Exporters that could not load their new configuration and still use the previous one.",
			count, ofPrometheus,
			series(`sum(proctree_config_last_reload_successful{HOSTS} == bool 0)`, "")).Thresholds(anyIs(colorCritical)),
		single("Slowest scan", "How long the slowest exporter took to read the process table.", seconds, collectors("scan"),
			series(`max(proctree_scan_duration_seconds{HOSTS})`, "")).Thresholds(above(0.5, 1)),
		single("Slowest scrape", "How long the slowest scrape took, from Prometheus' side.", seconds, ofPrometheus,
			series(`max(scrape_duration_seconds{HOSTS})`, "")).Thresholds(above(2, 5)),
		single("Most series", "Series of the exporter that has most.", count, ofPrometheus,
			series(`max(scrape_samples_post_metric_relabeling{HOSTS})`, "")).Thresholds(above(20000, 50000)),
		single("In \"other\"", "Processes that found no group of their own because there are too many (--group.max).", count, collectors("scan"),
			series(`sum(proctree_group_overflow_processes{HOSTS})`, "")).Thresholds(anyIs(colorWarning)),
		single("Exit records lost", "Exit records that the kernel dropped in this time: what those processes used is missing from their groups.",
			count, nothing("none"),
			series(`round(sum(increase(proctree_exit_records_lost_total{HOSTS}[$__range])))`, "")).Thresholds(anyIs(colorWarning)),
	)
}

func exporterList() row {
	return open("Exporters",
		listing("Exporters", "Each exporter: how it reads the process table, where the CPU time of short-lived processes comes from, and what it costs.",
			ofPrometheus,
			[]query{
				now(`max by (instance, version) (proctree_build_info{HOSTS})`),
				now(`max by (instance, reader, exits) (proctree_reader_info{HOSTS})`),
				now(`max by (instance) (scrape_duration_seconds{HOSTS})`),
				now(`max by (instance) (scrape_samples_post_metric_relabeling{HOSTS})`),
				now(`max by (instance) (rate(process_cpu_seconds_total{HOSTS}[$__rate_interval]))`),
				now(`max by (instance) (process_resident_memory_bytes{HOSTS})`),
			},
			hostColumn(),
			column{label: "version", title: "Version"},
			column{label: "reader", title: "Reader", width: 90},
			column{label: "exits", title: "Exits from", width: 100},
			column{ref: "C", title: "Scrape", unit: seconds, bar: true},
			column{ref: "D", title: "Series", unit: count, width: 90},
			column{ref: "E", title: "Cores", unit: cores, bar: true},
			column{ref: "F", title: "Memory", unit: size, width: 100},
		).Span(gridWidth).SortBy(sortedBy("Scrape")),
	)
}

// exporterMetrics is what --web.disable-exporter-metrics switches off.
var exporterMetrics = needs{
	long:  "No data here: is the exporter started with --web.disable-exporter-metrics?",
	short: "switched off",
}

func exporterCost() row {
	return open("What they cost",
		graph("CPU (cores)", "Cores that each exporter uses.", cores, exporterMetrics,
			series(`rate(process_cpu_seconds_total{HOSTS}[$__rate_interval])`, "{{instance}}")).AxisLabel("cores"),
		graph("Memory", "Resident memory of each exporter.", size, exporterMetrics,
			series(`process_resident_memory_bytes{HOSTS}`, "{{instance}}")),
		graph("Scans and scrapes", "How long a scan of the process table, and a whole scrape, took on the slowest host.", seconds, collectors("scan"),
			series(`max(proctree_scan_duration_seconds{HOSTS})`, "scan, slowest"),
			series(`max(scrape_duration_seconds{HOSTS})`, "scrape, slowest"),
			series(`quantile(0.5, scrape_duration_seconds{HOSTS})`, "scrape, median")),
		heat("Collectors", "How long each collector took on the slowest host, the scan that they share not included.", seconds, ofPrometheus, 0, 0.1,
			series(`max by (collector) (proctree_scrape_collector_duration_seconds{HOSTS})`, "{{collector}}")).
			Span(gridWidth/2).Height(14),
	)
}

func exporterBudget() row {
	return open("Limits",
		graph("Series", "Series of each exporter. Groups (--group.max) and processes (--process.max) bound them.", count, ofPrometheus,
			series(`scrape_samples_post_metric_relabeling{HOSTS}`, "{{instance}}")),
		graph("New series", "Series that a scrape had and the one before had not.", count, ofPrometheus,
			series(`scrape_series_added{HOSTS}`, "{{instance}}")),
		graph("Groups", "Groups of each exporter; at most --group.max.", count, collectors("group_processes"),
			series(`count by (instance) (sum by (instance, group) (proctree_group_processes{HOSTS}))`, "{{instance}}")),
		graph("Processes shown one by one", "The largest ones and their ancestors; at most --process.max.", count, collectors("process_info"),
			series(`count by (instance) (proctree_process_info{HOSTS})`, "{{instance}}")),
	)
}

func exporterErrors() row {
	return open("What they cannot read",
		graph("Scan errors", "What scans could not read, per second and reason. The metrics concerned are absent; rights explain most.",
			errorRate, nothing("None."),
			series(`sum by (instance, reason) (rate(proctree_scan_errors_total{HOSTS}[$__rate_interval]))`, "{{instance}} {{reason}}")),
		timeline("Collectors that failed", "When a collector failed on some host.", nothing("None."),
			[]state{{"failed", colorCritical}, {"fine", colorGood}},
			series(`min by (collector) (proctree_scrape_collector_success{HOSTS})`, "{{collector}}")).Span(gridWidth/2).PerPage(10),
		graph("Sockets not known", "Processes whose sockets are not known: there was no time yet, or the kernel refuses.", count, collectors("group_sockets"),
			series(`proctree_sockets_unread_processes{HOSTS}`, "{{instance}}")),
		graph("Textfile errors", "1 if a file of the collector textfile, or a part of one, was left out.", count, collectors("textfile"),
			series(`proctree_system_textfile_scrape_error{HOSTS}`, "{{instance}}")),
	)
}

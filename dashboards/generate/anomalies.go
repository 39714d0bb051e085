package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// anomalies is what differs from what it usually is: alerting-rules/anomalies.yml records
// bands around the metrics of groups and hosts from their own last day.
func anomalies() board {
	return board{
		folder:      folderHosts,
		uid:         uidAnomalies,
		title:       "Proctree / Anomalies",
		description: "What is not as it usually is: groups and hosts whose CPU, memory, disk or descriptors left their own bands of the last day.",
		from:        "24h",
		host:        "band_instance",
		group:       "band_group",
		variables: variables(
			instances(),
			hostColumnName(),
			labelValues("group", "Group", promql(`label_values(instance_group:proctree_metric:watched{HOSTS, group!=""}, group)`)).
				Multi(true).IncludeAll(true).AllValue(".+").Current(all()),
			labelValues("metric", "Metric", promql(`label_values(instance_group:proctree_metric:watched{HOSTS}, metric)`)).
				Multi(true).IncludeAll(true).AllValue(".+").Current(all()),
			ranked("band_instance", "Bands of host", "instance", mostUnusual("instance", "METRICS")),
			ranked("band_group", "Bands of group", "group", mostUnusual("group", `METRICS, instance=~"$band_instance"`)),
			largest("unusual_groups", `topk(20, max by (group) (`+farthest("METRICS")+`))`),
		),
		rows: []row{anomaliesHealth(), anomaliesHour(), anomaliesBands(), anomaliesMaps()},
	}
}

var bandRules = needs{
	long:  "No bands yet: Prometheus needs alerting-rules/anomalies.yml, and twelve hours of history with it. \"History\" above says how much there is; the row below needs one hour.",
	short: "not yet",
}

// The selectors beside HOSTS: of groups and of hosts as a whole.
const (
	metricsSelector     = groupsSelector + `, metric=~"$metric"`
	hostMetricsSelector = hostsSelector + `, group="", metric=~"$metric"`
)

// offBand is by how many half widths of its band a metric is off its middle: beyond 1 it is
// outside.
func offBand(selector string) string {
	return `((instance_group:proctree_metric:watched{` + selector + `} - instance_group:proctree_metric:median1d{` + selector + `})` +
		` / instance_group:proctree_metric:spread{` + selector + `})`
}

// farthest is how far metrics were from their usual middles in the range, either way.
func farthest(selector string) string {
	zscore := `instance_group:proctree_metric:zscore{` + selector + `}[$__range]`
	return `max_over_time(` + zscore + `) > -min_over_time(` + zscore + `) or -min_over_time(` + zscore + `)`
}

// mostUnusual puts first what is most unusual now, and last what was there in the range and is gone.
func mostUnusual(label, selector string) string {
	return `topk(20, max by (` + label + `) (abs(instance_group:proctree_metric:zscore{` + selector + `}))` +
		` or 0 * max by (` + label + `) (` + farthest(selector) + `))`
}

func anomaliesHealth() row {
	return open("Is anything unusual?",
		single("Groups above", "Metrics of groups that are above their bands.", count, bandRules,
			series(`sum(`+offBand("METRICS")+` > bool 1)`, "")).Thresholds(anyIs(colorWarning)).Span(gridWidth/6),
		single("Groups below", "Metrics of groups that are below their bands: something does less than it usually does.", count, bandRules,
			series(`sum(`+offBand("METRICS")+` < bool -1)`, "")).Span(gridWidth/6),
		single("Hosts above", "Metrics of hosts as a whole that are above their bands.", count, bandRules,
			series(`sum(`+offBand("HOSTMETRICS")+` > bool 1)`, "")).Thresholds(anyIs(colorWarning)).Span(gridWidth/6),
		single("Watched", "Metrics that are watched: those of all hosts, and those of the groups that used enough to matter.", count, bandRules,
			series(`count(instance_group:proctree_metric:watched{HOSTS, metric=~"$metric"})`, "")).Span(gridWidth/6),
		single("History", "How much of the twelve hours that the bands need Prometheus has recorded, on the host that has least. At 100 % everything here works.",
			share, nothing("no anomalies.yml"),
			series(recordedHistory, "")).Decimals(0).Span(gridWidth/6),
		single("Works from", "When the host that has least history will have enough of it.", since, nothing("no anomalies.yml"),
			series(worksFrom, "")).Span(gridWidth/6),
		listing("Most unusual now", "What is farthest from its usual middle, in robust standard deviations, and its size compared with the middle of the last day. "+
			"A click on the group shows its bands below.", bandRules,
			[]query{
				now(`topk(15, abs(instance_group:proctree_metric:zscore{METRICS}))` + orElse("group", "not known yet")),
				now(`instance_group:proctree_metric:watched{METRICS} / (instance_group:proctree_metric:median1d{METRICS} > 0) and on (job, instance, group, metric) topk(15, abs(instance_group:proctree_metric:zscore{METRICS}))`),
			},
			column{label: "group", title: "Group", links: linksTo(to(uidAnomalies, "Bands of ${__data.fields.group}", ofRow,
				variable{name: "instance"}, variable{name: "group"}, variable{"band_instance", "instance"}, variable{"band_group", "group"}))},
			hostColumn(),
			column{label: "metric", title: "Metric", width: 90},
			column{ref: "A", title: "Deviations", unit: count, bar: true},
			column{ref: "B", title: "Of the usual", unit: share, width: 110},
		).Span(gridWidth).Height(9).SortBy(sortedBy("Deviations")),
	)
}

func anomaliesMaps() row {
	return closed("When",
		heat("Groups", "How far the twenty most unusual groups were from their usual middles, either way, in robust standard deviations: the metric that was farthest. Below two, nothing is drawn.",
			count, bandRules, 2, 6,
			series(`max by (instance, group) (abs(instance_group:proctree_metric:zscore{HOSTS, group=~"$unusual_groups", metric=~"$metric"}))`+orElse("group", "not known yet"), "{{group}} {{instance}}")),
		heat("Hosts", "How far each host as a whole was from its usual middles.", count, bandRules, 2, 6,
			series(`max by (instance, metric) (abs(instance_group:proctree_metric:zscore{HOSTMETRICS}))`+orElse("instance", "not known yet"), "{{instance}} {{metric}}")).
			Height(9),
	)
}

// bandSamples is how many records the bands need of a metric, and again of how far it is from its
// middle: proctree:threshold:anomaly_samples, one each four minutes.
const bandSamples = "90"

// recordedHistory is how much of that is there, as a share.
const recordedHistory = `min(
    clamp_max(count_over_time(instance_group:proctree_metric:watched{HOSTMETRICS}[1d]), ` + bandSamples + `)
  + (
      clamp_max(count_over_time(instance_group:proctree_metric:deviation{HOSTMETRICS}[1d]), ` + bandSamples + `)
    or
      0 * instance_group:proctree_metric:watched{HOSTMETRICS}
  )
) / (2 * ` + bandSamples + `)`

// worksFrom is when it will be all there, or was, in milliseconds since 1970: a record each 240
// seconds.
const worksFrom = `(time() + (1 - (` + recordedHistory + `)) * 2 * ` + bandSamples + ` * 240) * 1000`

// anomaliesHour compares with the hour before, which needs no day of history.
func anomaliesHour() row {
	return open("Compared with the hour before",
		changed("CPU", "The groups whose CPU differs most from its average in the hour before.", cores,
			`instance_group:proctree_group_cpu_seconds:rate5m`),
		changed("Memory", "The groups whose memory differs most from its average in the hour before.", size,
			`instance_group:proctree_group_memory_bytes:sum`),
	)
}

// changed is a table of the groups of which a recorded series differs most from its last hour.
func changed(title, description string, u unit, name string) panel {
	now1, hour := name+`{GROUPS}`, `avg_over_time(`+name+`{GROUPS}[1h])`
	most := `topk(15, abs(` + now1 + ` - ` + hour + `))`
	columns := append(ofGroups(perGroups),
		column{ref: "A", title: "Differs by", unit: u, bar: true},
		column{ref: "B", title: "Now", unit: u, width: 90},
		column{ref: "C", title: "Hour before", unit: u, width: 100},
	)
	return listing(title, description, ofRecording,
		[]query{
			now(most + orElse("group", "not known yet")),
			now(now1 + ` and ` + most),
			now(hour + ` and ` + most),
		},
		columns...,
	).SortBy(sortedBy("Differs by"))
}

func anomaliesBands() row {
	return open("Bands of the group chosen above",
		band("CPU", "Cores that the group uses.", cores, "cpu"),
		band("Memory", "Resident and swapped memory of the group.", size, "memory"),
		band("Disk", "Bytes per second that the group reads and writes.", byteRate, "io"),
		band("Open descriptors", "Open file descriptors of the group.", count, "descriptors"),
	)
}

// band is a metric of a group inside the band of what it usually is.
func band(title, description string, u unit, metric string) *timeseries.PanelBuilder {
	selector := `HOSTS, instance="$band_instance", group="$band_group", metric="` + metric + `"`
	return withBand(graph(title, description+" The grey band is where it usually is, the dashed line its middle over the last day.", u,
		nothing("Not watched: the group does not use enough of this to matter, or there is not enough history yet."),
		append([]query{
			series(`instance_group:proctree_metric:watched{`+selector+`}`, "now"),
			series(`instance_group:proctree_metric:median1d{`+selector+`}`, "usual"),
		}, bandQueries(selector)...)...)).
		OverrideByName("usual", dashed(colorMuted))
}

// bandQueries are the edges of a band.
func bandQueries(selector string) []query {
	const middle, half = `instance_group:proctree_metric:median1d{`, `instance_group:proctree_metric:spread{`
	return []query{
		series(middle+selector+`} + `+half+selector+`}`, "upper"),
		series(`clamp_min(`+middle+selector+`} - `+half+selector+`}, 0)`, "lower"),
	}
}

// withBand draws the edges that bandQueries asks for as one grey area.
func withBand(panel *timeseries.PanelBuilder) *timeseries.PanelBuilder {
	edge := set("custom.lineWidth", 0, "custom.fillOpacity", 0,
		"custom.hideFrom", map[string]any{"legend": true, "tooltip": false, "viz": false})
	return panel.
		OverrideByName("upper", append(set("custom.fillBelowTo", "lower"), append(edge, append(fixed(colorMuted), set("custom.fillOpacity", 25)...)...)...)).
		OverrideByName("lower", append(edge, fixed(colorMuted)...))
}

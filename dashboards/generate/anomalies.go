package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// anomalies is what differs from what it usually is: alerting-rules/anomalies.yml records
// bands around the figures of groups and hosts from their own last day.
func anomalies() board {
	return board{
		folder:      folderHosts,
		uid:         uidAnomalies,
		title:       "Proctree / Anomalies",
		description: "What is not as it usually is: groups and hosts whose CPU, memory, disk or descriptors left their own bands of the last day.",
		from:        "24h",
		variables: variables(
			instances(),
			labelValues("group", "Group", promql(`label_values(instance_group:proctree_figure:watched{HOSTS, group!=""}, group)`)).
				Multi(true).IncludeAll(true).AllValue(".+").Current(all()),
			labelValues("figure", "Figure", promql(`label_values(instance_group:proctree_figure:watched{HOSTS}, figure)`)).
				Multi(true).IncludeAll(true).AllValue(".+").Current(all()),
			ranked("band_instance", "Bands of host", "instance", mostUnusual("instance", "FIGURES")),
			ranked("band_group", "Bands of group", "group", mostUnusual("group", `FIGURES, instance=~"$band_instance"`)),
			largest("unusual_groups", `topk(20, max by (group) (`+farthest("FIGURES")+`))`),
		),
		rows: []row{anomaliesHealth(), anomaliesMaps(), anomaliesBands()},
	}
}

var bandRules = needs{
	long:  "No data here: does Prometheus load alerting-rules/anomalies.yml, and for half a day?",
	short: "not yet",
}

// The selectors beside HOSTS: of groups and of hosts as a whole.
const (
	figuresSelector     = groupsSelector + `, figure=~"$figure"`
	hostFiguresSelector = hostsSelector + `, group="", figure=~"$figure"`
)

// offBand is by how many half widths of its band a figure is off its middle: beyond 1 it is
// outside.
func offBand(selector string) string {
	return `((instance_group:proctree_figure:watched{` + selector + `} - instance_group:proctree_figure:median1d{` + selector + `})` +
		` / instance_group:proctree_figure:spread{` + selector + `})`
}

// farthest is how far figures were from their usual middles in the range, either way.
func farthest(selector string) string {
	zscore := `instance_group:proctree_figure:zscore{` + selector + `}[$__range]`
	return `max_over_time(` + zscore + `) > -min_over_time(` + zscore + `) or -min_over_time(` + zscore + `)`
}

// mostUnusual puts first what is most unusual now, and last what was there in the range and is gone.
func mostUnusual(label, selector string) string {
	return `topk(20, max by (` + label + `) (abs(instance_group:proctree_figure:zscore{` + selector + `}))` +
		` or 0 * max by (` + label + `) (` + farthest(selector) + `))`
}

func anomaliesHealth() row {
	return open("Is anything unusual?",
		figure("Groups above", "Figures of groups that are above their bands.", count, bandRules,
			series(`sum(`+offBand("FIGURES")+` > bool 1)`, "")).Thresholds(anyIs(colorWarning)),
		figure("Groups below", "Figures of groups that are below their bands: something does less than it usually does.", count, bandRules,
			series(`sum(`+offBand("FIGURES")+` < bool -1)`, "")),
		figure("Hosts above", "Figures of hosts as a whole that are above their bands.", count, bandRules,
			series(`sum(`+offBand("HOSTFIGURES")+` > bool 1)`, "")).Thresholds(anyIs(colorWarning)),
		figure("Watched", "Figures that are watched: those of all hosts, and those of the groups that used enough to matter.", count, bandRules,
			series(`count(instance_group:proctree_figure:watched{HOSTS, figure=~"$figure"})`, "")),
		listing("Most unusual now", "What is farthest from its usual middle, in robust standard deviations, and its size compared with the middle of the last day. "+
			"A click on the group shows its bands below.", bandRules,
			[]query{
				now(`topk(15, abs(instance_group:proctree_figure:zscore{FIGURES}))` + orElse("group", "not known yet")),
				now(`instance_group:proctree_figure:watched{FIGURES} / (instance_group:proctree_figure:median1d{FIGURES} > 0) and on (job, instance, group, figure) topk(15, abs(instance_group:proctree_figure:zscore{FIGURES}))`),
			},
			column{label: "group", title: "Group", link: to(uidAnomalies, "Bands of ${__data.fields.group}", ofRow,
				variable{name: "instance"}, variable{name: "group"}, variable{"band_instance", "instance"}, variable{"band_group", "group"})},
			column{label: "instance", title: "Host", link: hostLink(ofRow)},
			column{label: "figure", title: "Figure", width: 90},
			column{ref: "A", title: "Deviations", unit: count, bar: true},
			column{ref: "B", title: "Of the usual", unit: share, width: 110},
		).Span(gridWidth).Height(9).SortBy(sortedBy("Deviations")),
	)
}

func anomaliesMaps() row {
	return open("When",
		heat("Groups", "How far the twenty most unusual groups were from their usual middles, either way, in robust standard deviations: the figure that was farthest. Below two, nothing is drawn.",
			count, bandRules, 2, 6,
			series(`max by (instance, group) (abs(instance_group:proctree_figure:zscore{HOSTS, group=~"$unusual_groups", figure=~"$figure"}))`+orElse("group", "not known yet"), "{{group}} {{instance}}")),
		heat("Hosts", "How far each host as a whole was from its usual middles.", count, bandRules, 2, 6,
			series(`max by (instance, figure) (abs(instance_group:proctree_figure:zscore{HOSTFIGURES}))`+orElse("instance", "not known yet"), "{{instance}} {{figure}}")).
			Height(9),
	)
}

func anomaliesBands() row {
	return open("Bands of the group chosen above",
		band("CPU", "Cores that the group uses.", cores, "cpu"),
		band("Memory", "Resident and swapped memory of the group.", size, "memory"),
		band("Disk", "Bytes per second that the group reads and writes.", byteRate, "io"),
		band("Open descriptors", "Open file descriptors of the group.", count, "descriptors"),
	)
}

// band is a figure of a group inside the band of what it usually is.
func band(title, description string, u unit, figure string) *timeseries.PanelBuilder {
	selector := `HOSTS, instance="$band_instance", group="$band_group", figure="` + figure + `"`
	return withBand(graph(title, description+" The grey band is where it usually is, the dashed line its middle over the last day.", u,
		nothing("Not watched: the group does not use enough of this to matter, or there is not enough history yet."),
		append([]query{
			series(`instance_group:proctree_figure:watched{`+selector+`}`, "now"),
			series(`instance_group:proctree_figure:median1d{`+selector+`}`, "usual"),
		}, bandQueries(selector)...)...)).
		OverrideByName("usual", dashed(colorMuted))
}

// bandQueries are the edges of a band.
func bandQueries(selector string) []query {
	const middle, half = `instance_group:proctree_figure:median1d{`, `instance_group:proctree_figure:spread{`
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

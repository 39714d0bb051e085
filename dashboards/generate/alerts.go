package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// alerts is what fires, what fired, and for whom.
func alerts() board {
	return board{
		folder:      folderHosts,
		uid:         uidAlerts,
		title:       "Proctree / Alerts",
		description: "What is firing, what was, and which hosts and groups it concerns.",
		from:        "24h",
		variables:   variables(instances(), hostColumnName(), alertGroups()),
		rows:        []row{alertsNow(), alertsHistory(), alertsRanking()},
	}
}

// The states of an alert over time, as alertSeverity counts them.
func alertStates() []state {
	return []state{{"quiet", ""}, {"info", "blue"}, {"warning", colorWarning}, {"critical", colorCritical}}
}

// noAlerts is what a panel of alerts says on a good day.
var noAlerts = nothing("No alert. (They need the rules of alerting-rules in Prometheus.)")

func alertsNow() row {
	return open("Is anything wrong?",
		single("Critical", "Alerts of severity critical that are firing.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="critical", GROUPS}) or vector(0)`, "")).
			Thresholds(anyIs(colorCritical)).Span(gridWidth/6),
		single("Warnings", "Alerts of severity warning that are firing.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="warning", GROUPS}) or vector(0)`, "")).
			Thresholds(anyIs(colorWarning)).Span(gridWidth/6),
		single("For information", "Alerts of severity info that are firing: what is unusual, but perhaps not wrong.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="info", GROUPS}) or vector(0)`, "")).Span(gridWidth/6),
		single("Pending", "Alerts whose condition holds, but not yet for long enough.", count, nothing("0"),
			series(`count(ALERTS{alertstate="pending", GROUPS}) or vector(0)`, "")).Span(gridWidth/6),
		single("Hosts concerned", "Hosts for which an alert is firing.", count, nothing("0"),
			series(`count(count by (instance) (ALERTS{alertstate="firing", GROUPS})) or vector(0)`, "")).Span(gridWidth/6),
		single("Groups concerned", "Groups of processes for which an alert is firing.", count, nothing("0"),
			series(`count(count by (instance, group) (ALERTS{alertstate="firing", group!="", GROUPS})) or vector(0)`, "")).Span(gridWidth/6),
		listing("Firing and pending", "Every alert whose condition holds now, the critical ones first, and since when. A click on an alert offers its rule, with the link to its runbook, and a new silence. "+
			"Silences are Alertmanager's: it may have told nobody.",
			noAlerts,
			[]query{
				now(severityNow),
				now(alertsSince),
			},
			column{ref: "A", title: "Severity", words: named(alertStates()), limits: plain(), width: 90},
			column{label: "alertname", title: "Alert", links: linksTo(ruleLink(), silenceLink())},
			column{label: "alertstate", title: "State", width: 90},
			hostColumn(),
			column{label: "group", title: "Group", links: linksTo(historyLink(ofRow))},
			column{label: "mountpoint", title: "Mounted on"},
			column{ref: "B", title: "Since", unit: since, width: 130},
		).Span(gridWidth).SortBy(sortedBy("Severity")),
	)
}

// alertLabels tell the alerts of the table apart.
const alertLabels = `alertname, alertstate, instance, group, mountpoint`

// severityNow is the severity of each alert whose condition holds now, as a number.
const severityNow = `max by (` + alertLabels + `) (
    3 * ALERTS{severity="critical", GROUPS}
  or
    2 * ALERTS{severity="warning", GROUPS}
  or
    ALERTS{severity="info", GROUPS}
)`

// alertsSince is since when the condition of each alert holds, in milliseconds since 1970. A
// Prometheus that was restarted says "now" until it has read its own past: the earliest moment that
// it named within ten minutes is the one.
const alertsSince = `max by (` + alertLabels + `) (
    ALERTS{GROUPS} * ignoring (alertstate) group_left () min_over_time(ALERTS_FOR_STATE{GROUPS}[10m])
) * 1000`

// ruleLink leads to the rule of the alert that was clicked, in Grafana's list of rules. Its
// button leads on to the runbook, whose address is known to Prometheus alone.
func ruleLink() cog.Builder[dashboard.DashboardLink] {
	return dashboard.NewDashboardLinkBuilder("Rule and runbook of ${__data.fields.alertname}").
		Type(dashboard.DashboardLinkTypeLink).
		Url("/alerting/list?search=${__data.fields.alertname:percentencode}")
}

// silenceLink leads to a new silence, filled in for the alert that was clicked.
func silenceLink() cog.Builder[dashboard.DashboardLink] {
	return dashboard.NewDashboardLinkBuilder("Silence ${__data.fields.alertname} on ${__data.fields.instance}").
		Type(dashboard.DashboardLinkTypeLink).
		Url("/alerting/silence/new?alertmanager=Alertmanager" +
			"&matcher=alertname%3D${__data.fields.alertname:percentencode}" +
			"&matcher=instance%3D${__data.fields.instance:percentencode}")
}

// alertSeverity is the severity of each alert as a number, while it fires.
const alertSeverity = `max by (alertname, instance, group) (
    3 * ALERTS{alertstate="firing", severity="critical", GROUPS}
  or
    2 * ALERTS{alertstate="firing", severity="warning", GROUPS}
  or
    ALERTS{alertstate="firing", severity="info", GROUPS}
)`

func alertsHistory() row {
	return open("When",
		timeline("Each alert over time", "When which alert was firing, and how severe it was. Twenty a page.", noAlerts,
			alertStates(), series(alertSeverity+orElse("alertname", "no alert"), "{{alertname}} {{instance}} {{group}}")).Height(12),
		stacked("How many by severity", "Alerts that were firing.", count, noAlerts,
			series(`count by (severity) (ALERTS{alertstate="firing", GROUPS})`, "{{severity}}")).
			OverrideByName("critical", fixed(colorCritical)).
			OverrideByName("warning", fixed(colorWarning)).
			OverrideByName("info", fixed("blue")),
		stacked("How many by host", "Alerts that were firing.", count, noAlerts,
			series(`count by (instance) (ALERTS{alertstate="firing", GROUPS})`, "{{instance}}")).
			DataLinks(linksTo(hostLink(ofSeries))),
	)
}

func alertsRanking() row {
	const fired = `count_over_time(ALERTS{alertstate="firing", GROUPS}[$__range])`
	return open("Which and for whom",
		listing("By alert", "For how many evaluations of its rule each alert was firing in this time, all hosts and groups together. "+
			"What leads here and is never acted upon is noise.", noAlerts,
			[]query{
				now(`topk(20, sum by (alertname, severity) (` + fired + `))` + orElse("alertname", "none")),
				now(`count by (alertname, severity) (count by (alertname, severity, instance) (` + fired + `))`),
			},
			column{label: "alertname", title: "Alert"},
			column{label: "severity", title: "Severity", width: 90},
			column{ref: "A", title: "Evaluations", unit: count, bar: true},
			column{ref: "B", title: "Hosts", unit: count, width: 70},
		).SortBy(sortedBy("Evaluations")),
		listing("By group", "For how many evaluations an alert was firing in this time for each group of processes.", noAlerts,
			[]query{now(`topk(20, sum by (instance, group) (count_over_time(ALERTS{alertstate="firing", group!="", GROUPS}[$__range])))`)},
			column{label: "group", title: "Group", links: linksTo(historyLink(ofRow))},
			hostColumn(),
			column{title: "Evaluations", unit: count, bar: true},
		).SortBy(sortedBy("Evaluations")),
	)
}

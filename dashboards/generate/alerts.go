package main

// alerts is what fires, what fired, and for whom.
func alerts() board {
	return board{
		folder:      folderHosts,
		uid:         uidAlerts,
		title:       "Proctree / Alerts",
		description: "What is firing, what was, and which hosts and groups it concerns.",
		from:        "24h",
		variables:   variables(instances(), alertGroups()),
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
		figure("Critical", "Alerts of severity critical that are firing.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="critical", GROUPS}) or vector(0)`, "")).
			Thresholds(anyIs(colorCritical)).Span(gridWidth/6),
		figure("Warnings", "Alerts of severity warning that are firing.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="warning", GROUPS}) or vector(0)`, "")).
			Thresholds(anyIs(colorWarning)).Span(gridWidth/6),
		figure("For information", "Alerts of severity info that are firing: what is unusual, but perhaps not wrong.", count, nothing("0"),
			series(`count(ALERTS{alertstate="firing", severity="info", GROUPS}) or vector(0)`, "")).Span(gridWidth/6),
		figure("Pending", "Alerts whose condition holds, but not yet for long enough.", count, nothing("0"),
			series(`count(ALERTS{alertstate="pending", GROUPS}) or vector(0)`, "")).Span(gridWidth/6),
		figure("Hosts concerned", "Hosts for which an alert is firing.", count, nothing("0"),
			series(`count(count by (instance) (ALERTS{alertstate="firing", GROUPS})) or vector(0)`, "")).Span(gridWidth/6),
		figure("Groups concerned", "Groups of processes for which an alert is firing.", count, nothing("0"),
			series(`count(count by (instance, group) (ALERTS{alertstate="firing", group!="", GROUPS})) or vector(0)`, "")).Span(gridWidth/6),
		listing("Firing and pending", "Every alert whose condition holds now, and since when. Silences are Alertmanager's: it may have told nobody.",
			noAlerts,
			[]query{
				now(`max by (alertname, severity, alertstate, instance, group, mountpoint) (ALERTS{GROUPS} * ignoring (alertstate) group_left () ALERTS_FOR_STATE{GROUPS}) * 1000`),
			},
			column{label: "alertname", title: "Alert"},
			column{label: "severity", title: "Severity", width: 90},
			column{label: "alertstate", title: "State", width: 90},
			column{label: "instance", title: "Host", link: hostLink(ofRow)},
			column{label: "group", title: "Group", link: historyLink(ofRow)},
			column{label: "mountpoint", title: "Mounted on"},
			column{title: "Since", unit: since, width: 130},
		).Span(gridWidth).SortBy(sortedBy("Since")),
	)
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
			column{label: "group", title: "Group", link: historyLink(ofRow)},
			column{label: "instance", title: "Host", link: hostLink(ofRow)},
			column{title: "Evaluations", unit: count, bar: true},
		).SortBy(sortedBy("Evaluations")),
	)
}

package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// events is the base of an annotation that a PromQL expression makes.
func events(name, color, expr string) *dashboard.AnnotationQueryBuilder {
	return dashboard.NewAnnotationQueryBuilder().
		Name(name).
		Datasource(prometheusSource()).
		Enable(true).
		IconColor(color).
		Expr(promql(expr))
}

// alertEvents marks when the conditions of alerts that fire began to hold.
func alertEvents(selector string) cog.Builder[dashboard.AnnotationQuery] {
	return moments("Alerts", "red",
		`ALERTS_FOR_STATE{`+selector+`} * 1000 and ignoring (alertstate) ALERTS{alertstate="firing", `+selector+`}`).
		TitleFormat("{{alertname}}").
		TextFormat("{{instance}} {{group}}").
		TagKeys("severity")
}

// rebootEvents marks when hosts were started. The value is the moment itself, so that a
// reboot is marked where it happened, however long the host was away.
func rebootEvents() cog.Builder[dashboard.AnnotationQuery] {
	return moments("Reboots", "purple", `round(proctree_system_boot_time_seconds{HOSTS}, 5) * 1000`).
		TitleFormat("Reboot").
		TextFormat("{{instance}} was started")
}

// restartEvents marks when the exporter was started: counters start from 0 there.
func restartEvents() cog.Builder[dashboard.AnnotationQuery] {
	return moments("Exporter restarts", "blue", `process_start_time_seconds{HOSTS} * 1000`).
		TitleFormat("Exporter restart").
		TextFormat("{{instance}}")
}

// groupRestartEvents marks when the oldest process of the chosen groups was started, which
// is when a service was restarted. Of groups whose processes come and go all the time, such as
// a compiler's, the marks would hide everything else.
func groupRestartEvents() cog.Builder[dashboard.AnnotationQuery] {
	return moments("Restarts of the group", "orange",
		`proctree_group_oldest_start_time_seconds{GROUPS} * 1000 and changes(proctree_group_oldest_start_time_seconds{GROUPS}[1h]) <= 4`).
		TitleFormat("Restart").
		TextFormat("the oldest process of {{group}} was started")
}

// serviceRestartEvents marks when the oldest process of a group was started again, of groups in which that happens at
// most twice in six hours: services, not jobs.
func serviceRestartEvents(selector string) cog.Builder[dashboard.AnnotationQuery] {
	started := `proctree_group_oldest_start_time_seconds{` + selector + `}`
	return moments("Restarts", "light-orange", started+` * 1000 and changes(`+started+`[6h]) > 0 <= 2`).
		TitleFormat("Restart").
		TextFormat("{{group}} on {{instance}}")
}

// moments is an annotation whose values are the times to mark, in milliseconds.
func moments(name, color, expr string) *dashboard.AnnotationQueryBuilder {
	return events(name, color, expr).UseValueForTime(true)
}

// killEvents marks when the kernel killed processes because memory ran out.
func killEvents(selector string) cog.Builder[dashboard.AnnotationQuery] {
	return endEvents("OOM kills", "dark-red", selector, `reason="oom_kill"`).
		TitleFormat("OOM kill").
		TextFormat("{{group}} on {{instance}}")
}

// crashEvents marks when processes ended by a signal that means a fault.
func crashEvents(selector string) cog.Builder[dashboard.AnnotationQuery] {
	return endEvents("Crashes", "dark-orange", selector, `reason=~"SIG(SEGV|ABRT|BUS|ILL|FPE|SYS|TRAP)"`).
		TitleFormat("{{reason}}").
		TextFormat("{{group}} on {{instance}}")
}

// endEvents marks when a counter of ends rose. One that is new rose from 0. It compares the values of one step with those
// of the step before: increase would miss what rose between two windows.
func endEvents(name, color, selector, reason string) *dashboard.AnnotationQueryBuilder {
	counter := `proctree_group_abnormal_exits_total{` + selector + `, ` + reason + `}`
	return events(name, color, `sum by (instance, group, reason) (
    `+counter+` - `+counter+` offset 1m
  or
    `+counter+` unless `+counter+` offset 1m and on (job, instance) proctree_scan_processes{HOSTS} offset 1m
) > 0`).Step("60s")
}

package main

// crashReasons are the ends that mean a fault of a program, or a lack of memory: an exit code
// can be an answer, such as grep's 1, and is shown apart.
const crashReasons = `reason=~"SIG(SEGV|ABRT|BUS|ILL|FPE|SYS|TRAP)|oom_kill"`

// otherReasons are the other abnormal ends: exit codes, and signals that somebody sent.
const otherReasons = `reason!~"SIG(SEGV|ABRT|BUS|ILL|FPE|SYS|TRAP)|oom_kill"`

// ended is how many processes that a selector chooses ended abnormally in the range, for one of the reasons. A counter
// begins with the first such end: on a host that was scraped before, it counts in full.
func ended(selector, reasons string) string {
	counter := `proctree_group_abnormal_exits_total{` + selector + `, ` + reasons + `}`
	return `round(sum by (instance, group, reason) (
    increase(` + counter + `[$__range])
  or
    last_over_time(` + counter + `[$__range])
      unless ` + counter + ` offset $__range
      and on (job, instance) proctree_scan_processes{HOSTS} offset $__range
)) > 0`
}

// lastEnd is when a counter of ends rose for the last time in the range, to a minute, in
// milliseconds since 1970.
func lastEnd(selector, reasons string) string {
	counter := `proctree_group_abnormal_exits_total{` + selector + `, ` + reasons + `}`
	return `max by (instance, group, reason) (max_over_time(timestamp(
    increase(` + counter + `[2m]) > 0
  or
    ` + counter + ` unless ` + counter + ` offset 2m and on (job, instance) proctree_scan_processes{HOSTS} offset 2m
)[$__range:1m])) * 1000`
}

// noCrash is what panels of crashes say on a good day.
var noCrash = nothing("None, or the kernel gives the exporter no exit records.")

// crashes is a table of the groups whose processes crashed, and one of other abnormal ends.
func crashes(selector string) row {
	return open("What crashed?",
		endings(selector, "Crashes", "Processes that ended in this time by a signal that means a fault (SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE, SIGSYS, SIGTRAP), "+
			"or that the kernel killed because memory ran out. \"Last\" is exact to a minute. A click shows the group's history.", crashReasons),
		endings(selector, "Other abnormal exits", "Processes that ended in this time with an exit code other than 0, or by a signal such as SIGTERM or SIGKILL. "+
			"Many programs use exit codes for ordinary answers.", otherReasons),
	)
}

// endings is a table of abnormal ends, the latest first.
func endings(selector, title, description, reasons string) panel {
	columns := append(ofGroups(selector),
		column{label: "reason", title: "Reason", width: 100},
		column{ref: "A", title: "Exits", unit: whole, width: 70},
		column{ref: "B", title: "Last", unit: since, width: 135},
	)
	return listing(title, description, noCrash,
		[]query{now(`topk(50, ` + ended(selector, reasons) + `)`), now(lastEnd(selector, reasons) + ` and on (instance, group, reason) topk(50, ` + ended(selector, reasons) + `)`)},
		columns...,
	).SortBy(sortedBy("Last")).Height(6)
}

// ofGroups are the columns that name a group: with its host, where the dashboard shows several.
func ofGroups(selector string) []column {
	group := column{label: "group", title: "Group", links: linksTo(historyLink(ofRow))}
	if selector == hostsOnly {
		return []column{group, instanceOfRow()}
	}
	return []column{group, hostColumn()}
}

// The names of the selectors, for what is on the dashboard of one host and on that of several.
const (
	hostsOnly = "HOSTS"
	perGroups = "GROUPS"
)

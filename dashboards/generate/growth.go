package main

// grown is by how much a gauge of each group that a selector chooses is larger now than at the beginning of the range,
// or, where the group began later, than at its smallest.
func grown(selector, metric string) string {
	all := `sum by (instance, group) (` + metric + `{` + selector + `})`
	return all + ` - (
    sum by (instance, group) (` + metric + `{` + selector + `} offset $__range)
  or
    sum by (instance, group) (min_over_time(` + metric + `{` + selector + `}[$__range]))
)`
}

// growing is a table of the groups of which a gauge grew most in the range: what leaks, long
// before it is among the largest.
func growing(selector, title, description, metric string, u unit, n needs) panel {
	columns := append(ofGroups(selector),
		column{ref: "A", title: "Grew by", unit: u, bar: true},
		column{ref: "B", title: "Now", unit: u, width: 90},
	)
	return listing(title, description, n,
		[]query{
			now(`topk(15, ` + grown(selector, metric) + ` > 0)` + orElse("group", "none grew")),
			now(`sum by (instance, group) (` + metric + `{` + selector + `}) and on (instance, group) topk(15, ` + grown(selector, metric) + ` > 0)`),
		},
		columns...,
	).SortBy(sortedBy("Grew by"))
}

// mostNowAndEver is for a variable: the groups of which a gauge is largest now, and those of
// which it was largest at any time of the range. An average over the range would hide the group
// that leaks now, and one that was large for a minute.
func mostNowAndEver(metric, selector string) string {
	return `topk(8, sum by (group) (` + metric + `{` + selector + `})) or topk(7, sum by (group) (max_over_time(` + metric + `{` + selector + `}[$__range])))`
}

// busiestNowAndOverall is the same for a sum of counters, written with WINDOW as their range.
func busiestNowAndOverall(rates func(window string) string) string {
	return `topk(8, sum by (group) (` + rates("5m") + `)) or topk(7, sum by (group) (` + rates("$__range") + `))`
}

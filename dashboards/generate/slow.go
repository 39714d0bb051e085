package main

// What groups wait for, in threads that wait all the time.
const (
	usesCPU     = `sum by (instance, group) (rate(proctree_group_cpu_seconds_total{HOSTS}[$__rate_interval]))`
	waitsForCPU = `sum by (instance, group) (rate(proctree_group_cpu_wait_seconds_total{HOSTS}[$__rate_interval]))`
	throttled   = `sum by (instance, group) (rate(proctree_group_cpu_cfs_throttled_seconds_total{HOSTS}[$__rate_interval]))`
	// waitsForDisk has what the kernel counts, with kernel.task_delayacct, or the processes in state D if
	// that is more.
	waitsForDisk = `(
      sum by (instance, group) (rate(proctree_group_delay_seconds_total{HOSTS, reason="block_io"}[$__rate_interval]))
    >
      sum by (instance, group) (avg_over_time(proctree_group_processes{HOSTS, state="blocked"}[$__rate_interval]))
  or
    sum by (instance, group) (avg_over_time(proctree_group_processes{HOSTS, state="blocked"}[$__rate_interval]))
)`
)

// slowest are the groups that wait most.
const slowest = `topk(15, (` + waitsForCPU + ` or 0 * ` + waitsForDisk + `) + ` + waitsForDisk + `)`

// waitsFor is, of each group, the place of what it waits for in waitStates. The limits are those of
// the column "Waiting" of the page (tree-api/tree/waiting.go).
const waitsFor = `(
    3 + 0 * (` + waitsForDisk + ` >= 0.25)
  or
    2 + 0 * (` + throttled + ` > 0.01 and ` + waitsForCPU + ` >= 0.1)
  or
    1 + 0 * (` + waitsForCPU + ` >= 0.1 and ` + waitsForCPU + ` >= 0.25 * ` + usesCPU + `)
  or
    0 * ` + waitsForDisk + `
)`

// waitStates are what a group can wait for.
var waitStates = []state{
	{"nothing", ""}, {"CPU", colorWarning}, {"throttled", colorCritical}, {"disk", colorWarning},
}

// hostSlow answers in one look what the groups of the host wait for.
func hostSlow() row {
	amongSlowest := ` and on (instance, group) ` + slowest
	columns := append(ofGroups(hostsOnly),
		column{ref: "A", title: "Waits for", words: named(waitStates), width: 110},
		column{ref: "B", title: "CPU wait (cores)", unit: cores, bar: true},
		column{ref: "C", title: "Throttled (cores)", unit: cores, bar: true},
		column{ref: "D", title: "Wait for a disk (threads)", unit: cores, bar: true},
		column{ref: "E", title: "CPU used (cores)", unit: cores, width: 130},
	)
	return open("Why is it slow?",
		listing("What the groups wait for",
			"The groups that wait most: for a CPU, because the CPU quota of a control group is used up, or for a disk (what the kernel counts with kernel.task_delayacct, or processes in state D). A group that waits for none of these is slow for another reason, such as the network or a lock.",
			collectors("group_cpu", "group_cpu_wait", "group_limits", "group_processes"),
			[]query{
				now(waitsFor + amongSlowest), now(waitsForCPU + amongSlowest), now(throttled + amongSlowest),
				now(waitsForDisk + amongSlowest), now(usesCPU + amongSlowest),
			},
			columns...,
		).SortBy(sortedBy("CPU wait (cores)")).Span(gridWidth*2/3),
		stacked("Threads that wait", "What the threads of all groups wait for. 1 is one thread that waits all the time.", cores,
			collectors("group_cpu_wait", "group_processes"),
			series(`sum(rate(proctree_group_cpu_wait_seconds_total{HOSTS}[$__rate_interval]))`, "for a CPU"),
			series(`sum(proctree_group_processes{HOSTS, state="blocked"})`, "for a disk"),
		).Span(gridWidth/3).Height(10),
	)
}

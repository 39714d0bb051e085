//go:build linux

package main

import (
	"fmt"
	"math"
	"slices"
)

// reportStreams prints the tables.
func (b *bench) reportStreams(crowds map[int]*crowd, idle float64, grown growth) {
	b.report.heading("Streams")
	b.report.line("%d idle processes, an update each second; %d rounds of %s.", streamProcesses, b.options.rounds, streamSpan)
	var rows [][]string
	for _, size := range []int{0, 1, manyStreams} {
		c, difference := crowds[size], "–"
		if size > 0 {
			difference = fmt.Sprintf("%.0f", c.difference)
		}
		rows = append(rows, []string{
			fmt.Sprintf("streams: %d", size),
			fmt.Sprintf("%.1f", median(c.cores)*1e3), spread(c.cores, func(v float64) string { return fmt.Sprintf("%.1f", v*1e3) }),
			fmt.Sprintf("%.1f", median(c.scrapes)), spread(c.scrapes, func(v float64) string { return fmt.Sprintf("%.1f", v) }),
			difference,
		})
	}
	b.report.table([]string{"", "CPU, ms per second", "range", "scrape, ms wall", "range", "bytes of a difference, whole machine"}, rows)
	b.report.line("Resident memory with %d streams over %s: %s at first, %s at last, median %s; the line through all %d s apart rises by %.2f MB in 10 minutes.",
		manyStreams, grown.over, megabytes(uint64(grown.first)), megabytes(uint64(grown.last)), megabytes(uint64(grown.median)),
		int(memoryEvery.Seconds()), grown.perTenMinutes/1e6)
	none, one, many := crowds[0], crowds[1], crowds[manyStreams]
	b.report.heading("Targets: streams")
	b.report.targets([]target{
		atMost(fmt.Sprintf("CPU with %d streams ÷ with one", manyStreams), median(many.cores)/math.Max(median(one.cores), 1e-9), 1.5, "%.2f"),
		atMost(fmt.Sprintf("a difference for the %d idle processes, bytes", streamProcesses), idle, 2048, "%.0f"),
		atMost(fmt.Sprintf("rise of memory in 10 minutes with %d streams ÷ memory", manyStreams), grown.perTenMinutes/math.Max(grown.median, 1), 0.05, "%.3f"),
		atMost(fmt.Sprintf("a scrape beside %d streams, ms, against the slowest without", manyStreams), median(many.scrapes), slices.Max(none.scrapes), "%.1f"),
	})
}

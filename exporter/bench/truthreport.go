//go:build linux

package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// verdict is what a witness said, held against the truth. All are CPU seconds.
type testimony struct {
	// right is what it gave to the right names and not too much to any of them.
	right float64
	// burners is what it gave to the names of short-lived processes, parents what it gave
	// to the generator's own, all what it gave to anybody.
	burners, parents, all float64
	names                 int
}

func (w *witness) testify(truth *loadTruth) testimony {
	var t testimony
	for name, after := range w.after {
		grown := after - w.before[name]
		t.all += grown
		switch {
		case strings.HasPrefix(name, spawner):
			t.parents += grown
		case strings.HasPrefix(name, churnPrefix):
			t.burners += grown
			t.right += max(0, min(grown, truth.ByName[name]))
			if grown > 0 {
				t.names++
			}
		}
	}
	return t
}

func percent(share float64) string { return fmt.Sprintf("%.1f %%", share*100) }

func (b *bench) showTruth(kind string, truth *loadTruth, witnesses []*witness) {
	_, exact, _ := machineCPU()
	b.report.heading("CPU of short-lived processes: %s", kind)
	b.report.line("%d processes of %d names in %d s used %.2f s of CPU (wait4), %.2f ms each. The machine's CPU is from %s.",
		truth.Ended, len(truth.ByName), b.options.truthSeconds, truth.CPUSeconds,
		truth.CPUSeconds/float64(max(truth.Ended, 1))*1e3, exact)
	var table [][]string
	for _, w := range witnesses {
		if w.missing != "" {
			table = append(table, []string{w.name, w.missing, "–", "–", "–", "–", "–"})
			continue
		}
		t := w.testify(truth)
		lost := "–"
		if w.lost != nil {
			lost = fmt.Sprintf("%.0f", w.lostRecords)
		}
		table = append(table, []string{
			w.name, percent(t.right / truth.CPUSeconds), percent(t.burners / truth.CPUSeconds),
			strconv.Itoa(t.names), percent(t.parents / truth.CPUSeconds),
			percent(t.all / w.machine.Seconds()), lost,
		})
	}
	b.report.table([]string{
		"", "to the right names", "to short-lived names in all", "names seen",
		"to their parents", "all groups ÷ machine's CPU", "records lost",
	}, table)
}

func truthTargets(kind string, truth *loadTruth, witnesses []*witness) []target {
	var targets []target
	for _, w := range witnesses {
		if w.goals == nil {
			continue
		}
		names := fmt.Sprintf("%s, %s: CPU under the right names", kind, w.name)
		sum := fmt.Sprintf("%s, %s: sum over groups, off the machine's CPU by", kind, w.name)
		if w.missing != "" {
			targets = append(targets, notMeasured(names, w.missing), notMeasured(sum, w.missing))
			continue
		}
		t := w.testify(truth)
		if w.goals.names > 0 {
			targets = append(targets, atLeast(names, t.right/truth.CPUSeconds*100, w.goals.names*100, "%.1f %%"))
		}
		targets = append(targets, atMost(sum, math.Abs(t.all/w.machine.Seconds()-1)*100, w.goals.sum*100, "%.2f %%"))
	}
	return targets
}

package collector

import (
	"slices"
	"strings"

	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

func newProcesses(Options) Collector {
	return processes{
		processes: hostDesc("processes",
			"Processes of the whole host by state, including those that the configuration excludes.",
			"state"),
		threads: hostDesc("threads",
			"Threads of all processes of the host, including kernel threads. Compare with "+Namespace+"_pids_limit."),
		limit: hostDesc("pids_limit",
			"Maximum number of processes and threads that this host can have at once."),
		forks: hostDesc("forks_total",
			"Processes and threads created since the host started."),
		states: stateLabels(),
	}
}

type processes struct {
	processes, threads, limit, forks *prometheus.Desc
	states                           []stateLabel
}

func hostDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(Namespace, "", name), help, labels, nil)
}

// Describe implements Collector.
func (c processes) Describe(out chan<- *prometheus.Desc) {
	out <- c.processes
	out <- c.threads
	out <- c.limit
	out <- c.forks
}

// Collect implements Collector.
func (c processes) Collect(v *View, out chan<- prometheus.Metric) error {
	var states [process.NumStates]int
	threads, known := 0, process.Fields(0)
	for i := range v.Snapshot.Processes {
		p := v.Snapshot.Processes[i]
		states[p.State]++
		if p.Known.Has(process.HasThreads) {
			threads += p.Threads
			known |= process.HasThreads
		}
	}
	for _, state := range c.states {
		out <- &metric{
			desc:   c.processes,
			labels: []*dto.LabelPair{state.label},
			kind:   prometheus.GaugeValue,
			value:  float64(states[state.State]),
		}
	}
	if known.Has(process.HasThreads) {
		out <- &metric{desc: c.threads, kind: prometheus.GaugeValue, value: float64(threads)}
	}
	if limit := v.Snapshot.System.PIDLimit; limit > 0 {
		out <- &metric{desc: c.limit, kind: prometheus.GaugeValue, value: float64(limit)}
	}
	if forks := v.Snapshot.System.Forks; forks > 0 {
		out <- &metric{desc: c.forks, kind: prometheus.CounterValue, value: float64(forks), created: v.booted}
	}
	return nil
}

// stateLabel is a process.State with its label.
type stateLabel struct {
	process.State
	label *dto.LabelPair
}

// stateLabels returns the labels of all states in the order of their names.
func stateLabels() []stateLabel {
	labels := make([]stateLabel, process.NumStates)
	for i := range labels {
		labels[i] = stateLabel{process.State(i), pair("state", process.State(i).String())}
	}
	slices.SortFunc(labels, func(a, b stateLabel) int { return strings.Compare(a.String(), b.String()) })
	return labels
}

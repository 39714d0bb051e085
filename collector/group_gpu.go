package collector

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// GroupGPU and ProcessGPU are the collectors whose values are read only if one of them is enabled.
const (
	GroupGPU   = "group_gpu"
	ProcessGPU = "process_gpu"
)

// groupGPU shows what groups use of GPUs.
type groupGPU struct {
	time, memory, unread *prometheus.Desc
}

func newGroupGPU(Options) Collector {
	return groupGPU{
		time: ofGroup().desc("gpu_engine_seconds_total",
			"Time for which an engine of a GPU worked for the group's processes, including those that have exited. Its rate is a ratio: 1 is "+
				"an engine that works for the group all the time. Absent for engines that the group never used.", "engine", "gpu"),
		memory: ofGroup().desc("gpu_memory_bytes",
			"Memory that the group's processes have on a GPU, by the driver's name of the kind of memory. Absent if no process of the group uses the GPU, or "+
				"its driver does not report memory.", "gpu", "region"),
		unread: hostDesc("gpu_unread_processes",
			"Processes whose use of GPUs is unknown: there was no time yet to list their descriptors, or the kernel refused. Absent on hosts without GPUs."),
	}
}

// Describe implements Collector.
func (c groupGPU) Describe(out chan<- *prometheus.Desc) {
	out <- c.time
	out <- c.memory
	out <- c.unread
}

// Collect implements Collector.
func (c groupGPU) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.groups {
		g := &v.groups[i]
		// In the same order in each scrape: series that move have to be checked again.
		for _, name := range sorted(g.of.GPUTime, func(n process.GPUEngineName) (string, string) { return n.GPU, n.Engine }) {
			used := g.of.GPUTime[name]
			m := g.metric(c.time, prometheus.CounterValue, nil, used.Time.Seconds())
			m.labels = gpuLabels(g.labels, name.GPU, pair("engine", name.Engine))
			if !used.Since.IsZero() {
				m.created = timestamp(used.Since)
			}
			out <- m
		}
		for _, name := range sorted(g.of.GPUMemory, func(n process.GPURegionName) (string, string) { return n.GPU, n.Region }) {
			m := g.metric(c.memory, prometheus.GaugeValue, nil, float64(g.of.GPUMemory[name]))
			m.labels = gpuLabels(g.labels, name.GPU, pair("region", name.Region))
			out <- m
		}
	}
	if v.Snapshot.GPUs.Looked {
		out <- &metric{desc: c.unread, labels: []*dto.LabelPair{}, kind: prometheus.GaugeValue, value: float64(v.Snapshot.GPUs.Unread)}
	}
	return nil
}

func gpuLabels(labels []*dto.LabelPair, gpu string, part *dto.LabelPair) []*dto.LabelPair {
	return insert(insert(labels, pair("gpu", gpu)), part)
}

// sorted returns the keys of a map in the order of their two names.
func sorted[K comparable, V any](of map[K]V, names func(K) (gpu, part string)) []K {
	if len(of) == 0 {
		return nil
	}
	return slices.SortedFunc(maps.Keys(of), func(a, b K) int {
		gpuA, partA := names(a)
		gpuB, partB := names(b)
		return cmp.Or(strings.Compare(gpuA, gpuB), strings.Compare(partA, partB))
	})
}

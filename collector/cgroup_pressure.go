package collector

import (
	"time"

	"proctree/collector/process"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// CgroupPressure is the collector that needs the pressure of control groups in each scan
// (host.SamplerConfig.Pressures).
const CgroupPressure = "cgroup_pressure"

// cgroupPressure shows how long tasks in the control groups of units, containers and pods waited.
type cgroupPressure struct{ waiting, stalled *prometheus.Desc }

// cgroupLabels are the labels of a control group, in order.
var cgroupLabels = []string{"container", "container_name", "namespace", "pod", "pod_uid", "resource", "unit"}

func newCgroupPressure(Options) Collector {
	return cgroupPressure{
		waiting: hostDesc("cgroup_pressure_waiting_seconds_total",
			"Time in which at least one task of the control group of a unit, a container or a pod waited for a resource: cpu, memory or io. "+
				"Of the 50 control groups in which tasks waited longest. An empty label does not apply.", cgroupLabels...),
		stalled: hostDesc("cgroup_pressure_stalled_seconds_total",
			"Time in which all tasks of the control group of a unit, a container or a pod waited for a resource, so that nothing was done: cpu, memory or io. "+
				"Of the 50 control groups in which tasks waited longest. An empty label does not apply.", cgroupLabels...),
	}
}

// Describe implements Collector.
func (c cgroupPressure) Describe(out chan<- *prometheus.Desc) {
	out <- c.waiting
	out <- c.stalled
}

// Collect implements Collector.
func (c cgroupPressure) Collect(v *View, out chan<- prometheus.Metric) error {
	for i := range v.Snapshot.Pressures {
		p := &v.Snapshot.Pressures[i]
		for _, r := range []struct {
			name   string
			totals process.PressureTotals
		}{{"cpu", p.CPU}, {"io", p.IO}, {"memory", p.Memory}} {
			send := func(desc *prometheus.Desc, total *time.Duration) {
				if total != nil {
					out <- &metric{desc: desc, labels: cgroupLabelsOf(&p.CgroupName, r.name), kind: prometheus.CounterValue, value: total.Seconds(), created: v.booted}
				}
			}
			send(c.waiting, r.totals.Some)
			send(c.stalled, r.totals.Full)
		}
	}
	if err := v.Snapshot.PressuresErr; err != nil {
		return &lossError{err: err}
	}
	return nil
}

func cgroupLabelsOf(n *process.CgroupName, resource string) []*dto.LabelPair {
	return []*dto.LabelPair{
		pair("container", n.Container), pair("container_name", n.ContainerName), pair("namespace", n.Namespace), pair("pod", n.Pod),
		pair("pod_uid", n.PodUID), pair("resource", resource), pair("unit", n.Unit),
	}
}

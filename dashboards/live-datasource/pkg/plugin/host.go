package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/processes"
)

type hostMetric struct {
	name, title, unit string
	value             func(*exporter.Host) *float64
}

// hostMetrics are the fields of the frame "host".
var hostMetrics = []hostMetric{
	{"cpu", "Busy CPUs", "none", func(h *exporter.Host) *float64 { return h.CPU.BusyCores }},
	{"cpus", "CPUs", "none", func(h *exporter.Host) *float64 { return h.CPUs }},
	{"memory_total", "Memory", "bytes", func(h *exporter.Host) *float64 { return h.Memory.Total }},
	{"memory_available", "Memory available", "bytes", func(h *exporter.Host) *float64 { return h.Memory.Available }},
	{"swap_total", "Swap", "bytes", func(h *exporter.Host) *float64 { return h.Swap.Total }},
	{"swap_free", "Swap free", "bytes", func(h *exporter.Host) *float64 { return h.Swap.Free }},
	{"load1", "Load 1 min", "none", func(h *exporter.Host) *float64 { return h.LoadOver(0) }},
	{"load5", "Load 5 min", "none", func(h *exporter.Host) *float64 { return h.LoadOver(1) }},
	{"load15", "Load 15 min", "none", func(h *exporter.Host) *float64 { return h.LoadOver(2) }},
	{"pressure_cpu", "CPU pressure", "percentunit", func(h *exporter.Host) *float64 { return h.Pressure.CPU }},
	{"pressure_memory", "Memory pressure", "percentunit", func(h *exporter.Host) *float64 { return h.Pressure.Memory }},
	{"pressure_io", "I/O pressure", "percentunit", func(h *exporter.Host) *float64 { return h.Pressure.IO }},
	{"uptime", "Uptime", "s", func(h *exporter.Host) *float64 { return h.Uptime }},
}

// isHostMetric reports whether there is such a metric.
func isHostMetric(name string) bool {
	return slices.ContainsFunc(hostMetrics, func(f hostMetric) bool { return f.name == name })
}

// host answers with one metric of the host as a whole, or with all, where none is named:
// numeric-wide. What is not known has no field. Grafana's alerts drop the names of fields, so
// that a label tells the metrics apart.
func (d *Datasource) host(ctx context.Context, q *query, at time.Time, live bool) (*data.Frame, error) {
	h, mode, err := d.hostAt(ctx, q.Instance, at, live)
	if err != nil {
		return nil, err
	}
	frame := data.NewFrame("host")
	for _, metric := range hostMetrics {
		value := metric.value(h)
		if value == nil || (q.Metric != "" && q.Metric != metric.name) {
			continue
		}
		field := data.NewField(metric.name, data.Labels{"instance": q.Instance, "metric": metric.name}, []float64{*value})
		field.Config = &data.FieldConfig{DisplayNameFromDS: metric.title, Unit: metric.unit}
		frame.Fields = append(frame.Fields, field)
	}
	frame.Meta = &data.FrameMeta{
		Type: data.FrameTypeNumericWide, TypeVersion: numericVersion,
		Custom: map[string]any{"mode": mode, "host": h.Name, "instance": q.Instance},
	}
	return frame, nil
}

// hostAt asks the exporter for the present, or for a moment of its recording.
func (d *Datasource) hostAt(ctx context.Context, instance string, at time.Time, live bool) (*exporter.Host, processes.Mode, error) {
	target, err := d.targets.Resolve(ctx, instance)
	if err != nil {
		return nil, "", err
	}
	if live {
		h, err := d.exporters.Host(ctx, target)
		return h, processes.Live, err
	}
	h, err := d.exporters.HostAt(ctx, target, at)
	return h, processes.History, err
}

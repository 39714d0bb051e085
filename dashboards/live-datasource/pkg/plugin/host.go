package plugin

import (
	"context"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/processes"
)

type hostFigure struct {
	name, title, unit string
	of                func(*exporter.Host) *float64
}

// hostFigures are the fields of the frame "host".
var hostFigures = []hostFigure{
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

// isHostFigure reports whether there is such a figure.
func isHostFigure(name string) bool {
	return slices.ContainsFunc(hostFigures, func(f hostFigure) bool { return f.name == name })
}

// host answers with one figure of the host as a whole, or with all, where none is named:
// numeric-wide. What is not known has no field. Grafana's alerts drop the names of fields, so
// that a label tells the figures apart.
func (d *Datasource) host(ctx context.Context, instance, only string) (*data.Frame, error) {
	target, err := d.targets.Resolve(ctx, instance)
	if err != nil {
		return nil, err
	}
	h, err := d.exporters.Host(ctx, target)
	if err != nil {
		return nil, err
	}
	frame := data.NewFrame("host")
	for _, figure := range hostFigures {
		value := figure.of(h)
		if value == nil || (only != "" && only != figure.name) {
			continue
		}
		field := data.NewField(figure.name, data.Labels{"instance": instance, "figure": figure.name}, []float64{*value})
		field.Config = &data.FieldConfig{DisplayNameFromDS: figure.title, Unit: figure.unit}
		frame.Fields = append(frame.Fields, field)
	}
	frame.Meta = &data.FrameMeta{
		Type: data.FrameTypeNumericWide, TypeVersion: numericVersion,
		Custom: map[string]any{"mode": processes.Live, "host": h.Name, "instance": instance},
	}
	return frame, nil
}

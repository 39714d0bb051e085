package plugin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
)

type courseMetric struct {
	name, title, unit string
	value             func(*exporter.Point) *float64
}

// courseMetrics are the fields of the frame "process", by the names of the metrics of a process.
var courseMetrics = []courseMetric{
	{"cpu", "CPU", "none", func(p *exporter.Point) *float64 { return p.Cores }},
	{"memory", "Memory", "bytes", func(p *exporter.Point) *float64 { return p.Memory }},
	{"swap", "Swap", "bytes", func(p *exporter.Point) *float64 { return p.Swap }},
	{"read", "Read", "Bps", func(p *exporter.Point) *float64 { return p.Read }},
	{"written", "Written", "Bps", func(p *exporter.Point) *float64 { return p.Written }},
	{"threads", "Threads", "none", func(p *exporter.Point) *float64 { return p.Threads }},
	{"open_fds", "Open FDs", "none", func(p *exporter.Point) *float64 { return p.OpenFDs }},
}

// isCourseMetric reports whether the course of a process has such a metric.
func isCourseMetric(name string) bool {
	return slices.ContainsFunc(courseMetrics, func(m courseMetric) bool { return m.name == name })
}

// errNoCourse is returned for a process that was not recorded in the range.
var errNoCourse = errors.New("the process is not in the recording")

// course answers with one process over time: a series per metric, which an alert rule can take. A range
// may ask for more points than the exporter gives: the step is at least a 1000th of it.
func (d *Datasource) course(ctx context.Context, target discovery.Target, q *query, span exporter.Span, step time.Duration) (*data.Frame, error) {
	if q.Process == "" {
		return data.NewFrame("process"), nil
	}
	step = max(step, span.To.Sub(span.From)/1000).Truncate(time.Second)
	c, err := d.exporters.Course(ctx, target, span, q.Process, step)
	if errors.Is(err, exporter.ErrNotRecorded) {
		return nil, fmt.Errorf("%w: %w", errNoCourse, err)
	}
	if err != nil {
		return nil, err
	}
	times := make([]time.Time, len(c.Points))
	for i := range c.Points {
		times[i] = secondsSince1970(c.Points[i].Time)
	}
	frame := data.NewFrame("process", data.NewField("time", nil, times))
	for _, metric := range courseMetrics {
		if q.Metric != "" && q.Metric != metric.name {
			continue
		}
		values := make([]*float64, len(c.Points))
		for i := range c.Points {
			values[i] = metric.value(&c.Points[i])
		}
		field := data.NewField(metric.name, data.Labels{
			"instance": q.Instance, "process": c.Process.ID, "name": c.Process.Name, "metric": metric.name,
		}, values)
		field.Config = &data.FieldConfig{DisplayNameFromDS: metric.title, Unit: metric.unit}
		frame.Fields = append(frame.Fields, field)
	}
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTimeSeriesWide, TypeVersion: numericVersion}
	return frame, nil
}

// secondsSince1970 is a time of the exporter's.
func secondsSince1970(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1e3)))
}

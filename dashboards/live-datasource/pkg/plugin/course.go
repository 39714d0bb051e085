package plugin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// errNoCourse is returned for a process that was not recorded in the range.
var errNoCourse = errors.New("the process is not in the recording")

// course answers with one process over time: a series per metric that is known, which an alert rule can take. A range
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
	for _, metric := range processes.Metrics() {
		if q.Metric != "" && q.Metric != metric.Name {
			continue
		}
		values := make([]*float64, len(c.Points))
		known := false
		for i := range c.Points {
			if number := c.Points[i].Numbers[metric.Number]; processes.Known(number) {
				values[i], known = &number, true
			}
		}
		if !known && q.Metric == "" {
			continue
		}
		field := data.NewField(metric.Name, data.Labels{
			"instance": q.Instance, "process": c.Process.ID, "name": c.Process.Name, "metric": metric.Name,
		}, values)
		field.Config = &data.FieldConfig{DisplayNameFromDS: metric.Title, Unit: metric.Unit}
		frame.Fields = append(frame.Fields, field)
	}
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTimeSeriesWide, TypeVersion: numericVersion}
	return frame, nil
}

// secondsSince1970 is a time of the exporter's.
func secondsSince1970(seconds float64) time.Time {
	return time.UnixMilli(int64(math.Round(seconds * 1e3)))
}

package plugin

import (
	"cmp"
	"context"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
)

// used answers with who used most between two moments: numeric-long, as the frame "top" of one moment.
// What has ended counts too.
func (d *Datasource) used(ctx context.Context, who audience, target discovery.Target, q *query, span exporter.Span) (*data.Frame, error) {
	u, err := d.exporters.Used(ctx, target, span, q.Sort, q.GroupBy, cmp.Or(q.Limit, 10))
	if err != nil {
		return nil, err
	}
	frame := usedFrame(u.Top, who, q)
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeNumericLong, TypeVersion: numericVersion}
	return frame, nil
}

// usedFrame has one number beside texts: an alert rule takes it as it is.
func usedFrame(top []exporter.Share, who audience, q *query) *data.Frame {
	frame := data.NewFrame("used")
	text := func(name string, of func(*exporter.Share) string) {
		values := make([]string, len(top))
		for i := range top {
			values[i] = of(&top[i])
		}
		frame.Fields = append(frame.Fields, data.NewField(name, nil, values))
	}
	process := func(of func(*exporter.Entry) string) func(*exporter.Share) string {
		return func(s *exporter.Share) string {
			if s.Process == nil {
				return ""
			}
			return of(s.Process)
		}
	}
	text("name", func(s *exporter.Share) string {
		if s.Process != nil {
			return s.Process.Name
		}
		return s.Name
	})
	if q.GroupBy == "process" || q.GroupBy == "subtree" {
		text("id", process(func(e *exporter.Entry) string { return e.ID }))
		text("pid", process(func(e *exporter.Entry) string { return whole(e.PID) }))
		text("user", process(func(e *exporter.Entry) string { return e.User }))
		text("group", process(func(e *exporter.Entry) string { return e.Group }))
		text("parent", process(func(e *exporter.Entry) string { return e.Parent }))
		if who.commandLines() {
			text("cmdline", process((*exporter.Entry).CommandLine))
		}
	}
	values := make([]float64, len(top))
	for i := range top {
		values[i] = top[i].Value
	}
	number := data.NewField(q.Sort, nil, values)
	number.Config = &data.FieldConfig{Unit: resources[q.Sort], DisplayNameFromDS: usedTitles[q.Sort]}
	frame.Fields = append(frame.Fields, number)
	return frame
}

// usedTitles are what people read: CPU time, not cores.
var usedTitles = map[string]string{"cpu": "CPU time", "memory": "Most memory", "read": "Read", "written": "Written"}

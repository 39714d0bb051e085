package plugin

import (
	"cmp"
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// numericVersion is that of the data plane contract's numeric kinds.
var numericVersion = data.FrameTypeVersion{0, 1}

// topFrame returns the first processes by a metric: numeric-long, so one number and texts
// that tell the rows apart. An alert rule takes it as it is.
func topFrame(t *processes.Table, q *query) *data.Frame {
	by := q.ranking
	rows := t.Top(t.Matches(q.filter()), by, cmp.Or(q.Limit, 10))
	labels := map[string]processes.Text{
		"name": processes.Name, "user": processes.User, "group": processes.Group,
	}
	texts := make(map[string][]string)
	var values []float64
	for _, i := range rows {
		value := t.Number(by.Number, i)
		if !processes.Known(value) {
			continue
		}
		values = append(values, value)
		texts["pid"] = append(texts["pid"], strconv.FormatFloat(t.Numbers[processes.PID][i], 'f', 0, 64))
		for name, column := range labels {
			texts[name] = append(texts[name], t.Texts[column][i])
		}
	}
	frame := data.NewFrame("top")
	for _, name := range []string{"name", "pid", "user", "group"} {
		frame.Fields = append(frame.Fields, data.NewField(name, nil, texts[name]))
	}
	number := data.NewField(by.Name, nil, values)
	number.Config = &data.FieldConfig{Unit: by.Unit}
	frame.Fields = append(frame.Fields, number)
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeNumericLong, TypeVersion: numericVersion}
	return frame
}

// countFrame returns how many processes match: numeric-wide.
func countFrame(matched int, instance string) *data.Frame {
	count := data.NewField("processes", data.Labels{"instance": instance}, []float64{float64(matched)})
	count.Config = &data.FieldConfig{DisplayNameFromDS: "Processes", Unit: "none"}
	frame := data.NewFrame("count", count)
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeNumericWide, TypeVersion: numericVersion}
	return frame
}

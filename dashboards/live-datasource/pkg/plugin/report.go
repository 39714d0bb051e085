package plugin

import (
	"context"
	"slices"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
)

// section is a part of the report: a table.
type section struct {
	name string
	rows func(*exporter.Report) []reportRow
}

// reportRow is a row of any section. What is nil or empty is not known.
type reportRow struct {
	exporter.Entry
	what           string
	value, limit   *float64
	at, last       *float64
	times, started *float64
}

// sections are the parts of the report, in the order in which they are shown.
var sections = []section{
	{"oom_kills", func(r *exporter.Report) []reportRow { return listed(r.OOMKills) }},
	{"crashed", func(r *exporter.Report) []reportRow { return listed(r.Crashed) }},
	{"failed", func(r *exporter.Report) []reportRow { return listed(r.Failed) }},
	{"killed", func(r *exporter.Report) []reportRow { return listed(r.Killed) }},
	{"restarted", restarted},
	{"top_cpu", func(r *exporter.Report) []reportRow { return shares(r.TopCPU) }},
	{"top_memory", func(r *exporter.Report) []reportRow { return shares(r.TopMemory) }},
	{"top_read", func(r *exporter.Report) []reportRow { return shares(r.TopRead) }},
	{"top_written", func(r *exporter.Report) []reportRow { return shares(r.TopWritten) }},
	{"started", func(r *exporter.Report) []reportRow { return listed(r.Started) }},
	{"ended", func(r *exporter.Report) []reportRow { return listed(r.Ended) }},
	{"short_lived", func(r *exporter.Report) []reportRow { return listed(r.ShortLived) }},
	{"most_started", mostStarted},
	{"grew", func(r *exporter.Report) []reportRow { return listed(r.Grew) }},
	{"limits_nearly_reached", limits},
	{"peaks", peaks},
}

func isSection(name string) bool { return slices.Contains(sectionNames(), name) }

func sectionNames() []string {
	names := make([]string, len(sections))
	for i := range sections {
		names[i] = sections[i].name
	}
	return names
}

func listed(l exporter.List) []reportRow {
	rows := make([]reportRow, len(l.Processes))
	for i := range l.Processes {
		rows[i].Entry = l.Processes[i]
	}
	return rows
}

func shares(list []exporter.Share) []reportRow {
	var rows []reportRow
	for i := range list {
		if list[i].Process != nil {
			rows = append(rows, reportRow{Entry: *list[i].Process, value: &list[i].Value})
		}
	}
	return rows
}

func restarted(r *exporter.Report) []reportRow {
	rows := make([]reportRow, len(r.Restarted))
	for i := range r.Restarted {
		one := &r.Restarted[i]
		rows[i] = reportRow{Entry: one.Before, times: &one.Times, started: one.After.StartTime}
	}
	return rows
}

func mostStarted(r *exporter.Report) []reportRow {
	rows := make([]reportRow, len(r.MostStarted))
	for i := range r.MostStarted {
		one := &r.MostStarted[i]
		e := one.Example
		// An example tells whose they are, but not which.
		e.ID, e.PID, e.Name, e.Processes, e.CPUSeconds = "", 0, one.Name, one.Processes, &one.CPUSeconds
		rows[i] = reportRow{Entry: e, at: &one.First, last: &one.Last}
	}
	return rows
}

func limits(r *exporter.Report) []reportRow {
	rows := make([]reportRow, len(r.Limits))
	for i := range r.Limits {
		one := &r.Limits[i]
		rows[i] = reportRow{Entry: one.Entry, what: one.What, value: &one.Value, limit: &one.Limit}
	}
	return rows
}

func peaks(r *exporter.Report) []reportRow {
	rows := make([]reportRow, len(r.Peaks))
	for i := range r.Peaks {
		one := &r.Peaks[i]
		rows[i] = reportRow{what: one.What, value: &one.Value, at: &one.Time}
	}
	return rows
}

// report answers with one part of the report, or with all that have rows.
func (d *Datasource) report(ctx context.Context, who audience, target discovery.Target, q *query, span exporter.Span) (data.Frames, error) {
	r, err := d.exporters.Report(ctx, target, span)
	if err != nil {
		return nil, err
	}
	frames := data.Frames{}
	for _, s := range sections {
		if q.Section != "" && q.Section != s.name {
			continue
		}
		if rows := s.rows(r); len(rows) > 0 || q.Section != "" {
			frames = append(frames, sectionFrame(s.name, rows, who))
		}
	}
	return frames, nil
}

// reportColumn is a column of a section, which leaves it out if nothing of it is known.
type reportColumn struct {
	name, title, unit string
	text              func(*reportRow) string
	number            func(*reportRow) *float64
	// moment is whether the number is seconds since 1970.
	moment bool
	// secret is not for viewers; always stays where it is empty, if the rows are processes: links need it.
	secret, always bool
}

// reportColumns are those of all sections, in order. The first ones say which process it was, how much it was, how it
// ended, and whose it was: they are seen without scrolling.
var reportColumns = []reportColumn{
	{name: "what", title: "What", text: func(r *reportRow) string { return r.what }},
	{name: "name", title: "Name", text: func(r *reportRow) string { return r.Name }, always: true},
	{name: "processes", title: "Processes", unit: "none", number: func(r *reportRow) *float64 { return some(r.Processes) }},
	{name: "value", title: "Value", number: func(r *reportRow) *float64 { return r.value }},
	{name: "limit", title: "Limit", number: func(r *reportRow) *float64 { return r.limit }},
	{name: "times", title: "Times", unit: "none", number: func(r *reportRow) *float64 { return r.times }},
	{name: "grown", title: "Grown by", unit: "bytes", number: grown},
	{name: "reason", title: "Reason", text: reason},
	{name: "end_time", title: "Ended", number: func(r *reportRow) *float64 { return r.EndTime }, moment: true},
	{name: "parent", title: "Parent", text: func(r *reportRow) string { return r.Parent }},
	{name: "user", title: "User", text: func(r *reportRow) string { return r.User }},
	{name: "cmdline", title: "Command line", text: func(r *reportRow) string { return r.CommandLine() }, secret: true},
	{name: "pid", title: "PID", unit: "none", number: func(r *reportRow) *float64 { return some(r.PID) }},
	{name: "cpu_seconds", title: "CPU time", unit: "s", number: func(r *reportRow) *float64 { return r.CPUSeconds }},
	{name: "memory", title: "Memory", unit: "bytes", number: func(r *reportRow) *float64 { return r.MemoryBytes }},
	{name: "read_bytes", title: "Read", unit: "bytes", number: func(r *reportRow) *float64 { return r.ReadBytes }},
	{name: "written_bytes", title: "Written", unit: "bytes", number: func(r *reportRow) *float64 { return r.WrittenBytes }},
	{name: "start_time", title: "Started", number: func(r *reportRow) *float64 { return r.StartTime }, moment: true},
	{name: "restarted_time", title: "Restarted", number: func(r *reportRow) *float64 { return r.started }, moment: true},
	{name: "time", title: "At", number: func(r *reportRow) *float64 { return r.at }, moment: true},
	{name: "last_time", title: "Until", number: func(r *reportRow) *float64 { return r.last }, moment: true},
	{name: "run_seconds", title: "Ran", unit: "s", number: func(r *reportRow) *float64 { return r.RunSeconds }},
	{name: "group", title: "Group", text: func(r *reportRow) string { return r.Group }, always: true},
	{name: "unit", title: "Unit", text: func(r *reportRow) string { return r.Unit }},
	{name: "id", title: "ID", text: func(r *reportRow) string { return r.ID }, always: true},
	{name: "parent_cmdline", title: "Command line of the parent", text: func(r *reportRow) string { return r.ParentCommandLine() }, secret: true},
}

// some is a number of which 0 means that it is not known.
func some(n float64) *float64 {
	if n == 0 {
		return nil
	}
	return &n
}

// reason is how a process ended.
func reason(r *reportRow) string {
	if r.Reason == "exit_code" && r.ExitCode != 0 {
		return "exit code " + whole(float64(r.ExitCode))
	}
	return r.Reason
}

// grown is by how much memory a process has more.
func grown(r *reportRow) *float64 {
	if r.MemoryBefore == nil || r.MemoryAfter == nil {
		return nil
	}
	by := *r.MemoryAfter - *r.MemoryBefore
	return &by
}

func sectionFrame(name string, rows []reportRow, who audience) *data.Frame {
	frame := data.NewFrame(name)
	for i := range reportColumns {
		c := &reportColumns[i]
		if c.secret && !who.commandLines() {
			continue
		}
		if field, known := c.field(name, rows); known || c.always && name != "peaks" {
			frame.Fields = append(frame.Fields, field)
		}
	}
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTable, PreferredVisualization: data.VisTypeTable}
	return frame
}

// field makes a field of the rows, and says whether any of its values is known.
func (c *reportColumn) field(section string, rows []reportRow) (field *data.Field, known bool) {
	switch {
	case c.text != nil:
		values := make([]*string, len(rows))
		for i := range rows {
			if text := c.text(&rows[i]); text != "" {
				values[i], known = &text, true
			}
		}
		field = data.NewField(c.name, nil, values)
	case c.moment:
		values := make([]*time.Time, len(rows))
		for i := range rows {
			if seconds := c.number(&rows[i]); seconds != nil {
				at := secondsSince1970(*seconds)
				values[i], known = &at, true
			}
		}
		field = data.NewField(c.name, nil, values)
	default:
		values := make([]*float64, len(rows))
		for i := range rows {
			values[i] = c.number(&rows[i])
			known = known || values[i] != nil
		}
		field = data.NewField(c.name, nil, values)
	}
	field.Config = &data.FieldConfig{DisplayNameFromDS: c.title, Unit: c.unit}
	if c.name == "value" {
		field.Config.Unit, field.Config.DisplayNameFromDS = valueUnits[section], valueTitles[section]
	}
	return field, known
}

// The units and titles of what sections rank by; others are as they come.
var (
	valueUnits  = map[string]string{"top_cpu": "s", "top_memory": "bytes", "top_read": "bytes", "top_written": "bytes"}
	valueTitles = map[string]string{
		"top_cpu": "In this time", "top_memory": "Most memory", "top_read": "In this time", "top_written": "In this time",
		"limits_nearly_reached": "Value", "peaks": "Value",
	}
)

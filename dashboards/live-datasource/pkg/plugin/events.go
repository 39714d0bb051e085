package plugin

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
)

// formatAnnotations asks for events as Grafana marks them in graphs.
const formatAnnotations = "annotations"

// The numbers of events that are asked for where the query does not say.
const (
	usualEvents      = 1000
	usualAnnotations = 100
)

// events answers with what happened to processes in the range, the newest first: lines of a log, or
// annotations. A recording is not needed for the last ten minutes.
func (d *Datasource) events(ctx context.Context, who audience, target discovery.Target, q *query, span exporter.Span) (*data.Frame, error) {
	usual := usualEvents
	if q.Format == formatAnnotations {
		usual = usualAnnotations
	}
	filters := url.Values{"limit": {strconv.Itoa(cmp.Or(q.Limit, usual))}}
	for name, list := range map[string]texts{"kind": q.Kind, "status": q.Status, "user": q.User, "group": q.Group} {
		if len(list) > 0 {
			filters[name] = list
		}
	}
	// The exporter takes us for an operator: a viewer must not find command lines by searching them.
	match := strings.ToLower(q.Match)
	if match != "" && who.commandLines() {
		filters.Set("match", q.Match)
		match = ""
	}
	found, err := d.exporters.Events(ctx, target, span, filters)
	if err != nil {
		return nil, err
	}
	list := make([]*exporter.Event, 0, len(found.Events))
	for i := range found.Events {
		if e := &found.Events[i]; match == "" || visibly(e, match) {
			list = append(list, e)
		}
	}
	var frame *data.Frame
	if q.Format == formatAnnotations {
		frame = annotationsFrame(list, who, q.Instance)
	} else {
		frame = logsFrame(list, who, q.Instance)
	}
	if more := int(found.Matched) - len(found.Events); more > 0 {
		frame.Meta.Notices = []data.Notice{{
			Severity: data.NoticeSeverityInfo,
			Text:     fmt.Sprintf("The newest %d of %d events: narrow the time range or the filters to see the others.", len(found.Events), int(found.Matched)),
		}}
	}
	return frame, nil
}

// visibly says whether a text is in what everybody sees of an event.
func visibly(e *exporter.Event, match string) bool {
	for _, text := range []string{whole(e.PID), e.Name, e.User, e.Unit, e.Group} {
		if strings.Contains(strings.ToLower(text), match) {
			return true
		}
	}
	return false
}

// logsFrame is lines of a log, as the data plane contract has them.
func logsFrame(events []*exporter.Event, who audience, instance string) *data.Frame {
	times, bodies := make([]time.Time, len(events)), make([]string, len(events))
	severities, ids, labels := make([]string, len(events)), make([]string, len(events)), make([]json.RawMessage, len(events))
	for i, e := range events {
		times[i], severities[i] = secondsSince1970(e.Time), severity(e)
		bodies[i] = sentence(e)
		if who.commandLines() && len(e.Cmdline) > 0 {
			bodies[i] += ": " + e.CommandLine()
		}
		// Of equal events that one frame may have, the place tells them apart.
		ids[i] = fmt.Sprintf("%s-%d-%s-%s-%d", instance, times[i].UnixMilli(), e.Kind, e.ID, i)
		labels[i] = eventLabels(e, instance)
	}
	frame := data.NewFrame("events",
		data.NewField("timestamp", nil, times), data.NewField("body", nil, bodies),
		data.NewField("severity", nil, severities), data.NewField("id", nil, ids), data.NewField("labels", nil, labels),
	)
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeLogLines, PreferredVisualization: data.VisTypeLogs}
	return frame
}

// annotationsFrame has the fields by which Grafana makes annotations.
func annotationsFrame(events []*exporter.Event, who audience, instance string) *data.Frame {
	times, titles := make([]time.Time, len(events)), make([]string, len(events))
	bodies, tags := make([]string, len(events)), make([]string, len(events))
	for i, e := range events {
		times[i], titles[i], tags[i] = secondsSince1970(e.Time), sentence(e), strings.Join([]string{e.Kind, instance}, ",")
		if who.commandLines() {
			bodies[i] = e.CommandLine()
		}
	}
	frame := data.NewFrame("events",
		data.NewField("time", nil, times), data.NewField("title", nil, titles),
		data.NewField("text", nil, bodies), data.NewField("tags", nil, tags),
	)
	frame.Meta = &data.FrameMeta{Type: data.FrameTypeTable}
	return frame
}

// severity is how bad an event is, in the words that Grafana colours.
func severity(e *exporter.Event) string {
	switch {
	case e.Kind == "oom_kill":
		return "critical"
	case e.Kind == "exit" && strings.HasPrefix(e.Reason, "SIG"), e.Kind == "lost":
		return "error"
	case e.Kind == "exit" && e.Reason != "" && e.Reason != "normal", e.Kind == "control":
		return "warning"
	default:
		return "info"
	}
}

// sentence says what happened, without what not everybody may see.
func sentence(e *exporter.Event) string {
	var s strings.Builder
	s.WriteString(e.Kind)
	if e.Lost != "" {
		s.WriteString(" " + e.Lost)
	}
	if e.Count > 0 {
		s.WriteString(" ×" + whole(e.Count))
	}
	if e.Name != "" {
		s.WriteString(" " + e.Name)
	}
	if e.PID > 0 {
		s.WriteString(" (" + whole(e.PID) + ")")
	}
	switch {
	case e.Kind == "control":
		s.WriteString(" " + e.Action + ": " + e.Result)
	case e.Reason == "exit_code":
		s.WriteString(" exit code " + strconv.Itoa(e.ExitCode))
	case e.Reason != "" && e.Reason != "normal" && e.Kind != e.Reason:
		s.WriteString(" " + e.Reason)
	}
	if e.RunSeconds != nil {
		s.WriteString(" after " + (time.Duration(*e.RunSeconds*1e3) * time.Millisecond).String())
	}
	if e.Parent != "" {
		s.WriteString(", parent " + e.Parent)
	}
	return s.String()
}

func eventLabels(e *exporter.Event, instance string) json.RawMessage {
	labels := map[string]string{"instance": instance, "kind": e.Kind}
	for name, value := range map[string]string{
		"name": e.Name, "user": e.User, "unit": e.Unit, "group": e.Group, "reason": e.Reason, "process": e.ID, "parent": e.Parent,
	} {
		if value != "" {
			labels[name] = value
		}
	}
	if e.PID > 0 {
		labels["pid"] = whole(e.PID)
	}
	text, err := json.Marshal(labels)
	if err != nil {
		// A map of texts can be written as JSON.
		return json.RawMessage("{}")
	}
	return text
}

// whole writes a whole number.
func whole(number float64) string { return strconv.FormatFloat(number, 'f', 0, 64) }

package exporter

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"strconv"
	"time"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// Span is the time between two moments.
type Span struct{ From, To time.Time }

// values are the parameters of a span, in whole seconds for the same reason as those of a moment. The end
// is rounded up, so that a span is never empty.
func (s Span) values() url.Values {
	return url.Values{
		"from": {strconv.FormatInt(s.From.Unix(), 10)},
		"to":   {strconv.FormatInt(s.To.Unix()+1, 10)},
	}
}

// Entry is a process in an answer about a span. What is nil or empty is not known.
type Entry struct {
	ID            string   `json:"id"`
	PID           float64  `json:"pid"`
	Processes     float64  `json:"processes"`
	Name          string   `json:"name"`
	Exe           string   `json:"exe"`
	Cmdline       []string `json:"cmdline"`
	User          string   `json:"user"`
	Unit          string   `json:"unit"`
	Group         string   `json:"group"`
	Parent        string   `json:"parent"`
	ParentCmdline []string `json:"parent_cmdline"`
	StartTime     *float64 `json:"start_time"`
	EndTime       *float64 `json:"end_time"`
	RunSeconds    *float64 `json:"run_seconds"`
	Reason        string   `json:"reason"`
	ExitCode      int      `json:"exit_code"`
	CPUSeconds    *float64 `json:"cpu_seconds"`
	ReadBytes     *float64 `json:"read_bytes"`
	WrittenBytes  *float64 `json:"written_bytes"`
	MemoryBytes   *float64 `json:"memory_bytes"`
	MemoryBefore  *float64 `json:"memory_before_bytes"`
	MemoryAfter   *float64 `json:"memory_after_bytes"`
}

// CommandLine joins the arguments.
func (e *Entry) CommandLine() string { return commandLine(e.Cmdline) }

// ParentCommandLine joins the arguments of the parent.
func (e *Entry) ParentCommandLine() string { return commandLine(e.ParentCmdline) }

// List is a list of processes, of which Count is the whole number.
type List struct {
	Count     float64 `json:"count"`
	Processes []Entry `json:"processes"`
}

// Share is what one process, or several that have a text in common, used.
type Share struct {
	// Name is the text; for a process, Process is set instead.
	Name      string  `json:"name"`
	Process   *Entry  `json:"process"`
	Processes float64 `json:"processes"`
	Value     float64 `json:"value"`
}

// Used is who used most in a span.
type Used struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	Top  []Share `json:"top"`
}

// Course is one process over time.
type Course struct {
	Process Entry   `json:"process"`
	Points  []Point `json:"points"`
}

// Point is a process at one moment: the numbers of a row that change while it runs.
type Point struct {
	Time float64
	processes.Row
}

// UnmarshalJSON reads the numbers from where a process has them.
func (p *Point) UnmarshalJSON(text []byte) error {
	var n node
	n.forget()
	at := struct {
		Time *float64 `json:"time"`
	}{&p.Time}
	if err := json.Unmarshal(text, &at); err != nil {
		return err
	}
	if err := json.Unmarshal(text, &n); err != nil {
		return err
	}
	p.Row = n.row(&texts{known: make(map[string]string)})
	return nil
}

// Report is what happened in a span.
type Report struct {
	From       float64 `json:"from"`
	To         float64 `json:"to"`
	TopCPU     []Share `json:"top_cpu"`
	TopMemory  []Share `json:"top_memory"`
	TopRead    []Share `json:"top_read"`
	TopWritten []Share `json:"top_written"`
	OOMKills   List    `json:"oom_kills"`
	Crashed    List    `json:"crashed"`
	Failed     List    `json:"failed"`
	Killed     List    `json:"killed"`
	Restarted  []struct {
		Before Entry   `json:"before"`
		After  Entry   `json:"after"`
		Times  float64 `json:"times"`
	} `json:"restarted"`
	Started     List `json:"started"`
	Ended       List `json:"ended"`
	ShortLived  List `json:"short_lived"`
	MostStarted []struct {
		Name       string  `json:"name"`
		Processes  float64 `json:"processes"`
		First      float64 `json:"first"`
		Last       float64 `json:"last"`
		Example    Entry   `json:"example"`
		CPUSeconds float64 `json:"cpu_seconds"`
	} `json:"most_started"`
	Grew   List `json:"grew"`
	Limits []struct {
		Entry
		What  string  `json:"what"`
		Value float64 `json:"value"`
		Limit float64 `json:"limit"`
	} `json:"limits_nearly_reached"`
	Peaks []struct {
		What  string  `json:"what"`
		Value float64 `json:"value"`
		Time  float64 `json:"time"`
	} `json:"peaks"`
}

// Event is a fork, an exec, an exit, an OOM kill, or an attempt to act on a process.
type Event struct {
	Entry
	Kind   string  `json:"kind"`
	Time   float64 `json:"time"`
	Lost   string  `json:"lost"`
	Count  float64 `json:"count"`
	Action string  `json:"action"`
	Result string  `json:"result"`
}

// Events are the newest first; Matched is how many there are.
type Events struct {
	Matched float64 `json:"matched"`
	Events  []Event `json:"events"`
}

// Used returns who used most of a resource between two moments, each of them a process, or what groupBy
// names.
func (c *Client) Used(ctx context.Context, t discovery.Target, s Span, by, groupBy string, limit int) (*Used, error) {
	values := s.values()
	values.Set("by", by)
	values.Set("group_by", groupBy)
	values.Set("limit", strconv.Itoa(limit))
	return askPast(ctx, c, c.used, question{Target: t, path: "/api/v1/top", query: values.Encode()})
}

// Course returns one process over time, at points that are at least a step apart; 0 leaves it to the
// exporter. The id is one of those that the exporter gives, and is checked by the caller.
func (c *Client) Course(ctx context.Context, t discovery.Target, s Span, id string, step time.Duration) (*Course, error) {
	values := s.values()
	if step >= time.Second {
		values.Set("step", strconv.FormatInt(int64(step/time.Second), 10))
	}
	return askPast(ctx, c, c.courses, question{Target: t, path: "/api/v1/processes/" + id + "/history", query: values.Encode()})
}

// Report returns what happened between two moments.
func (c *Client) Report(ctx context.Context, t discovery.Target, s Span) (*Report, error) {
	return askPast(ctx, c, c.reports, question{Target: t, path: "/api/v1/report", query: s.values().Encode()})
}

// Events returns the newest events between two moments that pass the filters, which are parameters of
// the API.
func (c *Client) Events(ctx context.Context, t discovery.Target, s Span, filters url.Values) (*Events, error) {
	values := s.values()
	maps.Copy(values, filters)
	return askPast(ctx, c, c.events, question{Target: t, path: "/api/v1/events", query: values.Encode()})
}

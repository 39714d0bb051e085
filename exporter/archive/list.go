package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector/history"
	"proctree/collector/history/report"
	"proctree/exporter/terminal"
)

// listPoints is how many points of the host the JSON has.
const listPoints = 300

// segmentText is a file in the JSON of a list.
type segmentText struct {
	File            string  `json:"file"`
	Bytes           int64   `json:"bytes"`
	Tables          int     `json:"tables"`
	From            float64 `json:"from,omitempty"`
	To              float64 `json:"to,omitempty"`
	IntervalSeconds float64 `json:"interval_seconds,omitempty"`
	Damaged         int     `json:"damaged,omitempty"`
	Error           string  `json:"error,omitempty"`
}

// listCommand is "history list".
type listCommand struct {
	*Config
	dir      *string
	format   string
	segments bool
}

func (c *Config) list(parent *kingpin.CmdClause) subcommand {
	l := &listCommand{Config: c}
	cmd := parent.Command("list", "Print what there is: times, intervals, gaps and sizes.")
	cmd.Flag("format", "Output: table or json.").Short('f').Default("table").EnumVar(&l.format, "table", "json")
	cmd.Flag("segments", "Also print each file.").BoolVar(&l.segments)
	l.dir = addDir(cmd)
	return subcommand{cmd, l.run}
}

func (c *listCommand) run(ctx context.Context) error {
	if err := checkDir(*c.dir); err != nil {
		return err
	}
	archive := history.NewArchive(*c.dir)
	defer archive.Forget()
	overview, err := report.NewOverview(ctx, archive, time.Time{}, time.Time{}, listPoints)
	if err != nil {
		return fmt.Errorf("%s: %w", *c.dir, err)
	}
	segments, err := archive.Spans()
	if err == nil && len(segments) == 0 {
		err = history.ErrEmpty
	}
	if err != nil {
		return fmt.Errorf("%s: %w", *c.dir, err)
	}
	if c.format == "json" {
		return c.listJSON(overview, segments)
	}
	w := tabwriter.NewWriter(c.Stdout, 0, 0, 2, ' ', 0)
	c.listSpans(w, overview, len(segments))
	listMarks(w, overview.Marks)
	if c.segments {
		listSegments(w, segments)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}

func (c *listCommand) listJSON(overview *report.Overview, segments []*history.Span) error {
	answer := struct {
		*report.Overview
		Segments []segmentText `json:"segments,omitempty"`
	}{Overview: overview}
	if c.segments {
		for _, s := range segments {
			answer.Segments = append(answer.Segments, newSegmentText(s))
		}
	}
	encoder := json.NewEncoder(c.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(answer); err != nil {
		return fmt.Errorf("write the list: %w", err)
	}
	return nil
}

func newSegmentText(s *history.Span) segmentText {
	text := segmentText{
		File: terminal.Plain(filepath.Base(s.Path)), Bytes: s.Bytes, Tables: s.Tables, IntervalSeconds: s.Interval.Seconds(), Damaged: s.Damaged,
	}
	if s.Err != nil {
		text.Error = terminal.Plain(s.Err.Error())
	}
	if s.Tables > 0 {
		text.From, text.To = float64(s.First.UnixMilli())/1e3, float64(s.Last.UnixMilli())/1e3
	}
	return text
}

func (c *listCommand) listSpans(w io.Writer, o *report.Overview, segments int) {
	tables := 0
	for i := range o.Spans {
		tables += o.Spans[i].Tables
	}
	_, _ = fmt.Fprintf(w, "%s: tables: %d, segments: %d, size: %s\n\n", terminal.Plain(*c.dir), tables, segments, terminal.FormatBytes(o.Bytes))
	_, _ = fmt.Fprintln(w, "FROM\tTO\tINTERVAL\tTABLES\tSIZE")
	for i := range o.Spans {
		s := &o.Spans[i]
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\n", terminal.ShownTime(s.From.Time()), terminal.ShownTime(s.To.Time()),
			time.Duration(float64(s.IntervalSeconds)*float64(time.Second)), s.Tables, terminal.FormatBytes(s.Bytes))
	}
}

// listMarks prints what happened to the recording.
func listMarks(w io.Writer, marks []report.Mark) {
	if len(marks) == 0 {
		return
	}
	_, _ = fmt.Fprintln(w, "\nTIME\tMARK")
	for i := range marks {
		m := &marks[i]
		text := m.Kind
		switch m.Kind {
		case "gap":
			text = fmt.Sprintf("gap of %s, until %s", m.Until.Time().Sub(m.Time.Time()).Round(time.Second), terminal.ShownTime(m.Until.Time()))
		case "clock_step":
			text = "the clock was set back"
		case "damage":
			text = "damage: see \"history verify\""
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\n", terminal.ShownTime(m.Time.Time()), text)
	}
}

func listSegments(w io.Writer, segments []*history.Span) {
	_, _ = fmt.Fprintln(w, "\nSEGMENT\tFROM\tTO\tINTERVAL\tTABLES\tSIZE\tDAMAGED")
	for _, s := range segments {
		name := terminal.Plain(filepath.Base(s.Path))
		if s.Tables == 0 {
			text := "no table"
			if s.Err != nil {
				text = "cannot be read"
			}
			_, _ = fmt.Fprintf(w, "%s\t%s\t\t\t0\t%s\t%d\n", name, text, terminal.FormatBytes(s.Bytes), s.Damaged)
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%d\n", name, terminal.ShownTime(s.First), terminal.ShownTime(s.Last), s.Interval, s.Tables, terminal.FormatBytes(s.Bytes), s.Damaged)
	}
}

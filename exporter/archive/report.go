package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector/history"
	"proctree/collector/history/report"
	"proctree/exporter/terminal"
)

// reportCommand is "history report".
type reportCommand struct {
	*Config
	dir      *string
	from, to string
	format   string
	output   string
	utc      bool
}

func (c *Config) report(parent *kingpin.CmdClause) subcommand {
	r := &reportCommand{Config: c}
	cmd := parent.Command("report", "Report what happened between two moments: top users, crashes, OOM kills, restarts, what started, ended and grew.")
	addSpan(cmd, &r.from, &r.to)
	cmd.Flag("format", "Output: text, html (one file that needs nothing else) or json.").Short('f').Default("text").EnumVar(&r.format, "text", "html", "json")
	addOutput(cmd, &r.output)
	cmd.Flag("utc", "Print times in UTC instead of the zone of this machine.").BoolVar(&r.utc)
	r.dir = addDir(cmd)
	return subcommand{cmd, r.run}
}

// everything is what readers of the files may see: command lines are masked in them already.
var everything = report.Sight{Args: func(args []string) []string { return args }, Paths: true, Private: true}

func (r *reportCommand) run(ctx context.Context) error {
	if err := checkDir(*r.dir); err != nil {
		return err
	}
	archive := history.NewArchive(*r.dir)
	defer archive.Forget()
	from, to, err := span(archive, r.from, r.to, r.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", *r.dir, err)
	}
	sight := everything
	made, err := report.Make(ctx, archive, from, to, &sight, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", *r.dir, err)
	}
	return r.write(r.output, func(w io.Writer) error { return r.print(w, made) })
}

// addSpan adds the two moments.
func addSpan(cmd *kingpin.CmdClause, from, to *string) {
	cmd.Flag("from", "Begin; by default one hour before --to. Example: \"2006-01-02 15:04\", 2006-01-02T15:04:05Z, 15:04, or 90m before the last table.").
		PlaceHolder("TIME").StringVar(from)
	cmd.Flag("to", "End, in the same forms; by default the last table.").PlaceHolder("TIME").StringVar(to)
}

// span reads --from and --to.
func span(archive *history.Archive, from, to string, now time.Time) (begin, end time.Time, err error) {
	last, err := archive.Newest()
	if err != nil {
		return begin, end, err
	}
	end, begin = last, time.Time{}
	if to != "" {
		if end, err = terminal.ParseMoment(to, now, last); err != nil {
			return begin, end, fmt.Errorf("--to: %w", err)
		}
	}
	begin = end.Add(-time.Hour)
	if from != "" {
		if begin, err = terminal.ParseMoment(from, now, last); err != nil {
			return begin, end, fmt.Errorf("--from: %w", err)
		}
	}
	if !begin.Before(end) {
		return begin, end, fmt.Errorf("--from (%s) is not before --to (%s)", begin.Format(time.RFC3339), end.Format(time.RFC3339))
	}
	return begin, end, nil
}

func (r *reportCommand) print(w io.Writer, made *report.Report) error {
	zone := r.Now().Location()
	if r.utc {
		zone = time.UTC
	}
	switch r.format {
	case "html":
		return made.WriteHTML(w, zone)
	case "json":
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(made)
	}
	return made.WriteText(w, zone)
}

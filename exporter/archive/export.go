package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector/group/rules"
	"proctree/collector/history"
	"proctree/tree-api/past"
	"proctree/tree-api/tree"
)

// exportCommand is "history export".
type exportCommand struct {
	*Config
	dir           *string
	from, to      string
	step          time.Duration
	format        string
	output        string
	search        string
	sort, order   string
	limit, rootID int
}

func (c *Config) export(parent *kingpin.CmdClause) subcommand {
	e := &exportCommand{Config: c}
	cmd := parent.Command("export", "Write the processes of all tables between two moments: a line for each process and table.")
	addSpan(cmd, &e.from, &e.to)
	cmd.Flag("step", "Least time between two tables; by default all are written. Example: 1m.").PlaceHolder("DURATION").DurationVar(&e.step)
	cmd.Flag("format", "Output: json (lines of JSON) or csv, with values in base units under the names of the API.").
		Short('f').Default("json").EnumVar(&e.format, "json", "csv")
	addOutput(cmd, &e.output)
	cmd.Flag("search", "Write only the processes that match, as the search box of the page does.").Short('s').PlaceHolder("TEXT").StringVar(&e.search)
	cmd.Flag("root", "Write only the process with this PID and its descendants.").PlaceHolder("PID").IntVar(&e.rootID)
	cmd.Flag("sort", "Metric to sort each table by. Example: cpu.").PlaceHolder("METRIC").StringVar(&e.sort)
	cmd.Flag("order", "Order of the sort: asc or desc.").PlaceHolder("ORDER").EnumVar(&e.order, "asc", "desc")
	cmd.Flag("limit", "Maximum number of processes of each table; 0 is all.").Short('n').Default("0").IntVar(&e.limit)
	e.dir = addDir(cmd)
	return subcommand{cmd, e.run}
}

func (e *exportCommand) run(ctx context.Context) error {
	if err := checkDir(*e.dir); err != nil {
		return err
	}
	query, err := e.query()
	if err != nil {
		return err
	}
	archive := history.NewArchive(*e.dir)
	defer archive.Forget()
	from, to, err := span(archive, e.from, e.to, e.Now())
	if err != nil {
		return fmt.Errorf("%s: %w", *e.dir, err)
	}
	return e.write(e.output, func(w io.Writer) error {
		return e.print(ctx, w, &past.Export{From: from, To: to, Step: e.step, Query: query, CSV: e.format == "csv"})
	})
}

// query reads the flags that choose processes as the API reads its parameters.
func (e *exportCommand) query() (*tree.Query, error) {
	switch {
	case e.step < 0:
		return nil, fmt.Errorf("--step: %v is less than 0", e.step)
	case e.limit < 0:
		return nil, fmt.Errorf("--limit: %d is less than 0", e.limit)
	case e.rootID < 0:
		return nil, fmt.Errorf("--root: %d is not a PID", e.rootID)
	}
	values := url.Values{}
	set := func(name, value string) {
		if value != "" && value != "0" {
			values.Set(name, value)
		}
	}
	set("q", e.search)
	set("sort", e.sort)
	set("order", e.order)
	set("limit", strconv.Itoa(e.limit))
	set("root", strconv.Itoa(e.rootID))
	query, err := tree.ParseQuery(values, tree.Flat)
	if err != nil {
		if _, without := tree.ParseQuery(url.Values{"q": values["q"]}, tree.Flat); without != nil {
			return nil, fmt.Errorf("--search: %w", without)
		}
		return nil, err
	}
	if len(query.Held()) > 0 {
		return nil, errors.New("--search: port: and file: are not recorded")
	}
	return query, nil
}

func (e *exportCommand) print(ctx context.Context, w io.Writer, export *past.Export) error {
	out := bufio.NewWriterSize(w, 1<<16)
	_, damaged, err := NewPast(*e.dir).Export(ctx, out, export)
	if err != nil {
		return fmt.Errorf("%s: %w", *e.dir, err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	if damaged > 0 {
		if _, err := fmt.Fprintf(e.Stderr, "%s: warning: %d tables are damaged and were left out\n", e.Program, damaged); err != nil {
			return fmt.Errorf("warn: %w", err)
		}
	}
	return nil
}

// NewPast shows all that was recorded: command lines were masked before they were written.
func NewPast(dir string) *past.Past {
	policy := &past.Policy{Shown: &rules.Shown{Cmdline: func(args []string) []string { return args }, Open: true, Exe: true}}
	return past.New(past.Config{Dir: dir, Policy: func() *past.Policy { return policy }})
}

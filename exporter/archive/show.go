package archive

import (
	"context"
	"fmt"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector/history"
	"proctree/exporter/terminal"
)

// showCommand is "history show".
type showCommand struct {
	*Config
	dir  *string
	time string
	*terminal.Recorded
}

func (c *Config) show(parent *kingpin.CmdClause) subcommand {
	s := &showCommand{Config: c}
	cmd := parent.Command("show", "Print the tree of processes at a moment: a table, CSV or JSON.")
	cmd.Flag("time", "Moment to show; by default the last table. Example: \"2006-01-02 15:04\", 2006-01-02T15:04:05Z, 15:04, or 90m before the last table.").
		Short('t').PlaceHolder("TIME").StringVar(&s.time)
	s.Recorded = terminal.NewRecorded(cmd)
	s.dir = addDir(cmd)
	return subcommand{cmd, s.run}
}

func (s *showCommand) run(ctx context.Context) error {
	if err := checkDir(*s.dir); err != nil {
		return err
	}
	at, err := history.NewArchive(*s.dir).Newest()
	if err != nil {
		return fmt.Errorf("%s: %w", *s.dir, err)
	}
	if s.time != "" {
		if at, err = terminal.ParseMoment(s.time, s.Now(), at); err != nil {
			return fmt.Errorf("--time: %w", err)
		}
	}
	dial, stop, err := s.Serve(*s.dir)
	if err != nil {
		return err
	}
	defer stop()
	return s.Print(ctx, terminal.Config{Program: s.Program, Stdout: s.Stdout, Stderr: s.Stderr}, dial, at)
}

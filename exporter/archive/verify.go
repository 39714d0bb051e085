package archive

import (
	"context"
	"fmt"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector/history"
	"proctree/exporter/terminal"
)

// verifyCommand is "history verify".
type verifyCommand struct {
	*Config
	dir *string
}

func (c *Config) verify(parent *kingpin.CmdClause) subcommand {
	v := &verifyCommand{Config: c}
	cmd := parent.Command("verify", "Check each frame, and print a line for each damage. The exit status is 1 if there is any.")
	v.dir = addDir(cmd)
	return subcommand{cmd, v.run}
}

func (c *verifyCommand) run(ctx context.Context) error {
	if err := checkDir(*c.dir); err != nil {
		return err
	}
	damages := 0
	verified, err := history.Verify(ctx, *c.dir, func(d *history.Damage) error {
		damages++
		text := fmt.Sprintf("%s: at byte %d", terminal.Plain(d.Path), d.Offset)
		if d.Bytes > 0 {
			text += fmt.Sprintf(", %d bytes", d.Bytes)
		}
		text += ": " + terminal.Plain(d.Err.Error())
		if d.Tables > 0 {
			text += fmt.Sprintf("; tables lost: %d, from %s to %s", d.Tables, terminal.ShownTime(d.From), terminal.ShownTime(d.To))
		}
		_, err := fmt.Fprintln(c.Stdout, text)
		return err
	})
	switch {
	case err != nil:
		return err
	case damages > 0:
		return fmt.Errorf("%s has damage in %d places; the other tables can be read", terminal.Plain(*c.dir), damages)
	case verified.Frames == 0:
		return fmt.Errorf("%s: %w", terminal.Plain(*c.dir), history.ErrEmpty)
	}
	if _, err = fmt.Fprintf(c.Stdout, "no damage; segments: %d, frames: %d, tables: %d, size: %s\n", verified.Segments, verified.Frames, verified.Tables, terminal.FormatBytes(verified.Bytes)); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

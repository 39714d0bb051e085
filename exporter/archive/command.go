// Package archive has the commands that read a recording: "history report" and others. They need neither an
// exporter nor the host on which it was made, so they work on a copy of the directory too.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/exporter/terminal"
)

// Config is what the commands need of the program.
type Config struct {
	// Program is its name.
	Program string
	Stdout  io.Writer
	Stderr  io.Writer
	// FlagError names the flag in an error of kingpin that has the value alone.
	FlagError func(app *kingpin.Application, args []string, err error) error
	// Serve returns how to reach an exporter of a recording inside this program, and what ends it.
	Serve func(dir string) (dial terminal.Dial, stop func(), err error)
	// Now is the time to which a time of the day refers.
	Now func() time.Time
}

// Name is the first word of all commands.
const Name = "history"

// completion is the flag by which shells ask kingpin.
const completion = "--completion-bash"

// IsCommand reports whether a command line is one of the commands, a question about them, or a shell that
// wants to complete one.
func IsCommand(args []string) bool {
	if len(args) > 1 && (args[0] == completion || args[0] == "help") {
		// A shell has a word more: the one that it completes.
		return args[1] == Name && (args[0] == "help" || len(args) > 2)
	}
	return len(args) > 0 && args[0] == Name
}

// subcommand is one of the commands.
type subcommand struct {
	clause *kingpin.CmdClause
	run    func(ctx context.Context) error
}

// subcommands is the list of all; each adds its flags.
func (c *Config) subcommands(history *kingpin.CmdClause) []subcommand {
	return []subcommand{
		c.list(history), c.verify(history), c.show(history), c.export(history), c.report(history),
	}
}

// Run runs a command.
func Run(ctx context.Context, cfg Config, args []string) error {
	app, list := cfg.app()
	answered := false
	app.Terminate(func(int) { answered = true })
	app.UsageWriter(cfg.Stdout)
	app.ErrorWriter(io.Discard)
	name, err := app.Parse(args)
	switch {
	case answered:
		return nil
	case err != nil:
		return fmt.Errorf("%w, try %s --help", cfg.FlagError(app, args, err), Name)
	}
	at := slices.IndexFunc(list, func(s subcommand) bool { return s.clause.FullCommand() == name })
	return list[at].run(ctx)
}

// app returns the command line, and what runs its commands.
func (c *Config) app() (*kingpin.Application, []subcommand) {
	app := kingpin.New(c.Program, "Reads a recording that an exporter made with --history.dir, or a copy of it.")
	app.HelpFlag.Short('h')
	return app, c.subcommands(app.Command(Name, "Read a recording of the process table."))
}

// addDir adds the directory, which every command reads.
func addDir(cmd *kingpin.CmdClause) *string {
	return cmd.Arg("directory", "Directory of the recording, or a copy of it.").Required().String()
}

// checkDir refuses what is no directory.
func checkDir(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%s does not exist; give the directory of a recording (--history.dir of the exporter)", dir)
	case err != nil:
		return fmt.Errorf("read the recording: %w", err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory; give the directory of a recording (--history.dir of the exporter)", dir)
	}
	return nil
}

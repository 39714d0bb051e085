// Command stack runs the exporter, Prometheus, Alertmanager and, where it is installed, Grafana
// on loopback of this machine, with all data in one folder. Alertmanager's messages go to a
// mailbox that only shows them. `make stack` starts it, `make stack-stop` ends it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if err := runUntilSignal(); err != nil {
		fmt.Fprintf(os.Stderr, "stack: %v\n", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

func runUntilSignal() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, os.Args[1:], os.Stdout)
}

// run does what the first argument says.
func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return errors.New("usage: stack start|stop|mailbox [flags]")
	}
	flags := flag.NewFlagSet("stack "+args[0], flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	s := stack{out: out}
	flags.StringVar(&s.dir, "dir", ".stack", "folder for data, logs and records")
	switch args[0] {
	case "start":
		s.startFlags(flags)
		return parsed(flags, args[1:], func() error { return s.start(ctx) })
	case "stop":
		return parsed(flags, args[1:], func() error { return s.stop(ctx) })
	case "mailbox":
		var m mailboxFlags
		m.register(flags)
		return parsed(flags, args[1:], func() error { return m.serve(ctx) })
	default:
		return fmt.Errorf("unknown command %q: start, stop or mailbox", args[0])
	}
}

// parsed parses flags, then acts. Asking for help is no error.
func parsed(flags *flag.FlagSet, args []string, act func() error) error {
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(os.Stdout)
		flags.Usage()
		return nil
	}
	if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	return act()
}

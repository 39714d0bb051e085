//go:build linux

// Command bench measures the exporter beside its peers and against what the kernel asks
// for at least, and prints a table of each value with its target. It makes the load
// itself, with the programs in loadgen and floor, which it compiles with the system's C
// compiler.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const usage = `usage: go run ./exporter/bench [flags]

Measures the exporter beside its peers in one run and prints Markdown tables: each
metric, its target, and whether it was met. Progress goes to standard error. Run it as
root on an otherwise idle Linux machine with a C compiler; a peer that is not installed
is named in the table (Debian: prometheus-process-exporter,
prometheus-node-exporter, netdata-core).

The parts, by -only:
  scan    cost of a scan and a scrape at each -n, series, memory, the process tree
  floors  what each file of /proc/PID costs to open, read and close, at the largest -n
  truth   CPU of short-lived processes: who is told, and how much of it
  system  metrics of the host, beside node_exporter
  stress  exits by the thousand, a fork storm, 32,000 processes, 5,000 threads
  streams what 64 streams cost beside one: CPU, memory, and the scrapes of others
  history what a recording takes by the second, in bytes, CPU and memory, beside atop -w
  network what it costs to count the network of processes, and how true that is, beside bcc

Flags:
`

// partNames are what -only takes.
var partNames = []string{"scan", "floors", "truth", "system", "stress", "streams", "history", "network"}

// options are the command line.
type options struct {
	sizes        []int
	rounds       int
	quick        bool
	only         string
	exporter     string
	truthSeconds int
	stressSize   int
	streamsFor   time.Duration
	historyFor   time.Duration
}

func (o *options) does(part string) bool {
	return o.only == "" || slices.Contains(strings.Split(o.only, ","), part)
}

// quickly shortens everything to a smoke test; the values of a short run are rougher.
func (o *options) quickly() {
	o.sizes, o.rounds, o.truthSeconds, o.stressSize = []int{1000}, 3, 10, 2000
	o.streamsFor, o.historyFor = 20*time.Second, shortestHistory
}

// parse reads the command line. It writes the help, if asked for, to out, and nothing else:
// what is wrong with a flag is one line of the error.
func parse(args []string, out io.Writer) (*options, error) {
	o := &options{sizes: []int{1000, 10000}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.Func("n", "`numbers` of processes to measure at, the smallest first (default 1000,10000)", func(text string) error {
		o.sizes = nil
		for field := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(field)
			if err != nil || n < 1 || n > 32000 {
				return fmt.Errorf("%q is not a number from 1 to 32000", field)
			}
			o.sizes = append(o.sizes, n)
		}
		return nil
	})
	flags.IntVar(&o.rounds, "rounds", 5, "`times` each program is measured, one after the other; the table has the medians")
	flags.BoolVar(&o.quick, "quick", false, "a smoke test in under two minutes, with rougher numbers; overrides the other numbers")
	flags.StringVar(&o.only, "only", "", "`parts` to run, separated by commas: scan, floors, truth, system, stress, streams, history, network (default all)")
	flags.StringVar(&o.exporter, "exporter", "", "exporter `binary` to measure (default: build one from this source)")
	flags.IntVar(&o.truthSeconds, "truth", 60, "`seconds` of short-lived processes, for children and again for orphans")
	flags.IntVar(&o.stressSize, "stress", 32000, "`number` of live processes of the largest table")
	flags.DurationVar(&o.streamsFor, "streams", 5*time.Minute, "`time` over which the memory is watched while 64 streams are open")
	flags.DurationVar(&o.historyFor, "history", 3*time.Minute, "`time` over which the process table is recorded")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			_, _ = io.WriteString(out, usage)
			flags.SetOutput(out)
			flags.PrintDefaults()
		}
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	for part := range strings.SplitSeq(o.only, ",") {
		if part != "" && !slices.Contains(partNames, part) {
			return nil, fmt.Errorf("-only: %q is none of %s", part, strings.Join(partNames, ", "))
		}
	}
	if o.rounds < 1 || o.truthSeconds < 1 || o.stressSize < 1 || o.streamsFor < 2*memoryEvery || o.historyFor < shortestHistory {
		return nil, fmt.Errorf("-rounds, -truth and -stress must be at least 1, -streams at least %s, and -history at least %s", 2*memoryEvery, shortestHistory)
	}
	if o.quick {
		o.quickly()
	}
	return o, nil
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == workerCommand {
		exit(runWorker(os.Args[2], os.Stdin, os.Stdout))
	}
	// Children ask to be killed when the thread that started them ends
	// (prctl(2), PR_SET_PDEATHSIG), so this thread must live as long as the program.
	runtime.LockOSThread()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	exit(err)
}

func exit(err error) {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		os.Exit(0)
	default:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	o, err := parse(args, os.Stdout)
	if err != nil {
		return err
	}
	bench, err := prepare(ctx, o)
	if err != nil {
		return err
	}
	defer bench.close()

	began := time.Now()
	bench.describe()
	parts := map[string]func(context.Context) error{
		"scan": bench.scanPart, "floors": bench.floorsPart, "truth": bench.truthPart, "system": bench.systemPart, "stress": bench.stressPart,
		"streams": bench.streamsPart, "history": bench.historyPart, "network": bench.networkPart,
	}
	for _, name := range partNames {
		if !o.does(name) {
			continue
		}
		if err := parts[name](ctx); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	bench.conclude(time.Since(began))
	return nil
}

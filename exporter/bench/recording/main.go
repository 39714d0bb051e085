// Command recording writes a recording of a made-up host that ends now: one table each second, between which 60 %
// of the processes wake. The benchmark of the page shows it.
//
//	go run ./exporter/bench/recording -dir=DIRECTORY -processes=10000 -minutes=10
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/tree-api/past/pasttest"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "recording:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("recording", flag.ContinueOnError)
	dir := flags.String("dir", "", "an empty directory")
	processes := flags.Int("processes", 10_000, "how many processes the host has")
	minutes := flags.Int("minutes", 10, "how long the recording is")
	if err := flags.Parse(args); err != nil {
		return errors.New("see go run ./exporter/bench/recording -help")
	}
	if *dir == "" || *minutes < 1 || *processes < 2 {
		return errors.New("-dir must be a directory, -minutes at least 1, -processes at least 2")
	}
	length := time.Duration(*minutes) * time.Minute
	write := func(name string, data []byte) error { return os.WriteFile(filepath.Join(*dir, name), data, 0o600) }
	begin := time.Since(hosttest.Epoch).Truncate(time.Second) - length
	week, err := pasttest.NewWeek(write, begin, *processes, []pasttest.Span{{Length: length, Interval: time.Second, Segment: min(length, 10*time.Minute)}})
	if err != nil {
		return err
	}
	_, err = fmt.Printf("%d tables in %d bytes, %s to %s\n", week.Tables, week.Bytes, week.From.Format(time.RFC3339), week.To.Format(time.RFC3339))
	return err
}

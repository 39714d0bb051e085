//go:build linux

// Command nvidia loads NVIDIA's management library and writes what processes use of its GPUs, as a line
// of JSON per interval, to standard output. proctree_exporter starts it with --host.nvidia-helper and
// ends it by closing its standard input. It is a program of its own because the library can be loaded
// only by a dynamic executable, and the exporter is static.
//
// A line is {"gpus":[{"gpu":"0000:01:00.0","processes":[{"pid":7,"memory_bytes":1048576,
// "engines":{"sm":1500000000}}]}]}: bytes, and nanoseconds for which each engine worked for the process
// since the program started. Values that the library does not report are left out.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "nvidia:", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

func run(args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("nvidia", flag.ContinueOnError)
	path := flags.String("library", "libnvidia-ml.so.1", "the library, by its name or path")
	interval := flags.Duration("interval", 5*time.Second, "time between two lines")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *interval <= 0 {
		return fmt.Errorf("-interval: %v is not allowed; set a duration above 0, such as 5s", *interval)
	}
	lib, err := load(*path)
	if err != nil {
		return err
	}
	defer lib.shutdown()
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, in)
		close(ended)
	}()
	tick := time.NewTicker(*interval)
	defer tick.Stop()
	encoder, used := json.NewEncoder(out), make(usage)
	for {
		line, err := lib.read(used)
		if err != nil {
			return err
		}
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		select {
		case <-ended:
			return nil
		case <-tick.C:
		}
	}
}

// line is what is written.
type line struct {
	GPUs []gpu `json:"gpus"`
}

type gpu struct {
	// GPU is the PCI address, as the kernel writes it.
	GPU       string     `json:"gpu"`
	Processes []*process `json:"processes"`
}

type process struct {
	PID         uint32            `json:"pid"`
	MemoryBytes *uint64           `json:"memory_bytes,omitempty"`
	Engines     map[string]uint64 `json:"engines,omitempty"`
}

// errAbsent is returned for a function that the driver does not have, or a value that the GPU does not.
var errAbsent = errors.New("not supported")

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/go-kit/log/level"
	"github.com/prometheus/common/version"

	"proctree/collector/host"
	"proctree/exporter/hangup"
)

// program is the name under which the exporter speaks of itself.
const program = "proctree_exporter"

// gcPercent is how much garbage there may be beside what is in use (GOGC). At 10,000
// processes the usual 100 takes a fifth more memory, and saves no CPU that can be measured.
const gcPercent = 33

// run is the whole program. It returns nil when it was asked to stop, by the end of ctx,
// and has. Each of the hangups is a reload.
func run(ctx context.Context, caught hangup.Signals, args []string, stdout, stderr io.Writer) error {
	s, err := parseSettings(args, stdout)
	if errors.Is(err, errAnswered) {
		return nil
	}
	if err != nil {
		return err
	}
	if s.newTokenName != "" {
		return newToken(s, stdout)
	}
	if s.bpfPinCreate != "" {
		return pinTasks(s, stdout)
	}
	if s.healthCheck != "" {
		return checkHealth(ctx, s.healthCheck, stdout)
	}
	if s.configCheck {
		return check(s, stdout)
	}
	return runExporter(ctx, caught, s, stderr)
}

// runExporter runs the exporter until ctx ends.
func runExporter(ctx context.Context, caught hangup.Signals, s *settings, stderr io.Writer) error {
	surviveClosedPipes()
	runtime.GOMAXPROCS(s.maxProcs)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if s.logFile != "" {
		if err := checkNoPipe(s.logFile); err != nil {
			return fmt.Errorf("--log.file: %s: %w", s.logFile, err)
		}
		file, err := os.OpenFile(s.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("--log.file: %w", err)
		}
		defer func() { _ = file.Close() }()
		stderr = file
	}
	l := newLoggers(stderr, s.logLevel, s.logFormat)
	e, err := newExporter(s, l)
	if err != nil {
		return err
	}
	level.Info(l.root).Log("msg", "starting "+program, "version", version.Info())
	level.Info(l.root).Log("msg", "build", "context", version.BuildContext())
	if err := e.open(); err != nil {
		return err
	}
	defer e.close()
	// Loading BPF programs takes the types of the whole kernel for a moment, some 20 MB.
	debug.FreeOSMemory()
	return e.serve(ctx, caught)
}

// pinTasks is --host.bpf-pin-create.
func pinTasks(s *settings, stdout io.Writer) error {
	if err := host.PinTasks(s.bpfPinCreate, s.bpfPinGID); err != nil {
		return fmt.Errorf("--host.bpf-pin-create: %w", err)
	}
	_, err := fmt.Fprintf(stdout, "group %d may read the process table by --host.bpf-pin=%s\n", s.bpfPinGID, s.bpfPinCreate)
	return err
}

// check is --config.check.
func check(s *settings, stdout io.Writer) error {
	e := &exporter{settings: s, files: configFiles{settings: s, files: newFiles()}, loggers: newLoggers(io.Discard, s.logLevel, s.logFormat)}
	c, err := e.files.load(nil)
	if err != nil {
		return err
	}
	if _, err := e.newControl(); err != nil {
		return err
	}
	for _, warning := range c.warnings() {
		if _, err := fmt.Fprintf(stdout, "warning: %s: %s\n", cmp.Or(s.configFile, "no --config.file"), warning); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintln(stdout, "the configuration is valid")
	return err
}

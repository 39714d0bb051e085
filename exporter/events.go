package main

import (
	"context"
	"fmt"

	"github.com/alecthomas/kingpin/v2"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/events"
	"proctree/collector/host"
)

// eventSettings are the flags of events.
type eventSettings struct{ source string }

// The values of --events.source.
const (
	eventsAuto  = "auto"
	eventsBPF   = string(events.SourceBPF)
	eventsScans = string(events.SourceScans)
	eventsOff   = "off"
)

func (e *eventSettings) addFlags(app *kingpin.Application) {
	app.Flag("events.source",
		"Source of events (fork, exec, exit, OOM kill): bpf (each event, Linux), scans (what two scans show), off, "+
			"auto (bpf where the permissions allow it and --history.dir is set, otherwise scans).").
		Default(eventsAuto).EnumVar(&e.source, eventsAuto, eventsBPF, eventsScans, eventsOff)
}

// wantsKernel reports whether events from the kernel are worth their cost: somebody keeps them.
func (s *settings) wantsKernel() bool {
	return s.events.source == eventsBPF || s.events.source == eventsAuto && s.history.dir != ""
}

// eventLog keeps events, and reads them.
type eventLog struct {
	*events.Log

	reader host.EventReader
	logger log.Logger
}

// openEvents returns the log of events, nil where they are switched off. An error means that the source
// that was asked for cannot be used.
func (e *exporter) openEvents(config host.Config) (*eventLog, error) {
	if e.settings.events.source == eventsOff {
		return nil, nil //nolint:nilnil // There is none.
	}
	cfg := events.Config{Policy: func() *events.Policy { return e.current.Load().events }}
	l := &eventLog{logger: e.loggers.root}
	if e.settings.wantsKernel() {
		reader, err := host.OpenEvents(config)
		switch {
		case err == nil:
			l.reader, cfg.Reader = reader, reader
		case e.settings.events.source == eventsBPF:
			return nil, fmt.Errorf("--events.source: %w", err)
		default:
			_ = level.Info(l.logger).Log("msg", "events of processes come from scans, which miss those that live shortly", "reason", err)
		}
	}
	l.Log = events.New(cfg)
	return l, nil
}

// log returns the log; nil where events are switched off.
func (l *eventLog) log() *events.Log {
	if l == nil {
		return nil
	}
	return l.Log
}

// run reads events until ctx ends.
func (l *eventLog) run(ctx context.Context) {
	if err := l.Run(ctx); err != nil {
		_ = level.Error(l.logger).Log("msg", "events of processes come from scans from now on", "err", err)
	}
}

// close ends the programs in the kernel.
func (l *eventLog) close() {
	if l == nil || l.reader == nil {
		return
	}
	if err := l.reader.Close(); err != nil {
		_ = level.Warn(l.logger).Log("msg", "closing the events", "err", err)
	}
}

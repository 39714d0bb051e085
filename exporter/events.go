package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/alecthomas/kingpin/v2"
	"github.com/alecthomas/units"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"

	"proctree/collector/events"
	"proctree/collector/host"
	"proctree/exporter/eventfile"
)

// eventSettings are the flags of events.
type eventSettings struct {
	source   string
	file     string
	maxBytes units.Base2Bytes
}

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
			"auto (bpf where the permissions allow it and --history.dir or --events.file is set, otherwise scans).").
		Default(eventsAuto).EnumVar(&e.source, eventsAuto, eventsBPF, eventsScans, eventsOff)
	app.Flag("events.file", "File to which to append events as lines of JSON, for an agent that follows it. Example: /var/log/proctree/events.jsonl.").
		PlaceHolder("FILE").StringVar(&e.file)
	app.Flag("events.file-max-bytes", "Size of the file of events together with the one before it, FILE.1.").
		Default("64MiB").BytesVar(&e.maxBytes)
}

// leastEventBytes keeps a mistyped number from renaming the file all the time.
const leastEventBytes = 1 << 20

func (e *eventSettings) validate() error {
	switch {
	case e.maxBytes < leastEventBytes:
		return fmt.Errorf("--events.file-max-bytes: %v is less than 1MiB; to write no file, leave out --events.file", e.maxBytes)
	case e.file != "" && e.source == eventsOff:
		return errors.New("--events.file: there are no events with --events.source=off; leave out one of the two")
	}
	return nil
}

// wantsKernel reports whether events from the kernel are worth their cost: somebody keeps them.
func (s *settings) wantsKernel() bool {
	return s.events.source == eventsBPF || s.events.source == eventsAuto && (s.history.dir != "" || s.events.file != "")
}

// eventLog keeps events, and reads them.
type eventLog struct {
	*events.Log

	reader host.EventReader
	// file is nil where none is written.
	file   *eventfile.Writer
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
			_ = level.Info(l.logger).Log("msg", "process events come from scans, which miss short-lived processes", "reason", err)
		}
	}
	l.Log = events.New(cfg)
	return l, l.openFile(&e.settings.events)
}

// metrics are what is counted of events.
func (l *eventLog) metrics() []prometheus.Collector {
	all := []prometheus.Collector{events.NewMetrics(l.Log)}
	if l.file != nil {
		all = append(all, eventfile.NewMetrics(l.file))
	}
	return all
}

// openFile opens the file that is asked for.
func (l *eventLog) openFile(s *eventSettings) (err error) {
	if s.file == "" {
		return nil
	}
	l.file, err = eventfile.New(eventfile.Config{Path: s.file, MaxBytes: int64(s.maxBytes), Log: l.Log, Logger: l.logger})
	if err != nil {
		l.close()
		return fmt.Errorf("--events.file: %w", err)
	}
	return nil
}

// log returns the log; nil where events are switched off.
func (l *eventLog) log() *events.Log {
	if l == nil {
		return nil
	}
	return l.Log
}

// run reads events until ctx ends, and writes them.
func (l *eventLog) run(ctx context.Context) {
	if l.file != nil {
		// The last events are read before the last ones are written.
		writes, stop := context.WithCancel(context.WithoutCancel(ctx))
		var writing sync.WaitGroup
		defer writing.Wait()
		defer stop()
		writing.Go(func() { l.file.Run(writes) })
	}
	if err := l.Run(ctx); err != nil {
		_ = level.Error(l.logger).Log("msg", "process events come from scans from now on", "err", err)
	}
	<-ctx.Done()
}

// close ends the programs in the kernel.
func (l *eventLog) close() {
	if l == nil || l.reader == nil {
		return
	}
	if err := l.reader.Close(); err != nil {
		_ = level.Warn(l.logger).Log("msg", "failed to close the events", "err", err)
	}
}

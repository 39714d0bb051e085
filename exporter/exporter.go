package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/go-kit/log/level"

	"proctree/collector"
	"proctree/collector/host"
	"proctree/collector/host/sockets"
	"proctree/collector/host/system"
	"proctree/collector/process"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
)

// exporter is everything wired up, from the reader of the process table to the handlers.
type exporter struct {
	settings *settings
	files    configFiles
	// current is the configuration that holds.
	current atomic.Pointer[configuration]
	loggers loggers
	// started is when its counters began at 0.
	started time.Time
	source  *source
	totals  *collector.ScanTotals
	set     *collector.Set
	reloads *reloads
	access  *access.Control
	tree    *treeapi.API
	// door is nil without --web.config.file.
	door *frontDoor
	// recording is nil where nothing is recorded.
	recording *recording
	// events is nil where they are switched off.
	events *eventLog
}

// newExporter loads the configuration; open has to follow.
func newExporter(s *settings, l loggers) (*exporter, error) {
	started := time.Now()
	e := &exporter{settings: s, files: configFiles{settings: s, files: newFiles()}, loggers: l, started: started, totals: collector.NewScanTotals(started)}
	e.reloads = newReloads(l.root, e.reload)
	if err := s.checkPaths(); err != nil {
		return nil, err
	}
	initial, err := e.files.load(nil)
	if err != nil {
		return nil, err
	}
	e.current.Store(initial)
	e.warn(initial)
	if e.access, err = e.newControl(); err != nil {
		return nil, err
	}
	if e.set, err = e.newSet(); err != nil {
		return nil, err
	}
	return e, nil
}

// open opens the process table.
func (e *exporter) open() error {
	config := e.settings.hostConfig(e.loggers.root)
	reader, err := host.NewReader(config)
	if err != nil {
		return fmt.Errorf("open the process table: %w", err)
	}
	notice := &permissionNotice{logger: e.loggers.root, config: config}
	observers := []func(*process.Snapshot){e.totals.Observe, notice.observe}
	if e.events, err = e.openEvents(config); err != nil {
		_ = reader.Close()
		return err
	}
	if e.events != nil {
		observers = append(observers, func(*process.Snapshot) { e.events.Observe(e.source.tracker.Report()) })
	}
	if e.settings.history.dir != "" {
		e.recording = &recording{settings: &e.settings.history, logger: e.loggers.root, events: e.events.log()}
		observers = append(observers, e.recording.observe) // After the events of the same scan.
	}
	e.source = newSource(reader, e.settings, e.current.Load(), observers...)
	e.files.live = e.source.hasGroup
	e.current.Load().past.Names.Live = e.source.hasGroup
	if e.recording != nil {
		e.recording.source = e.source
	}
	if e.tree, err = e.newTree(); err != nil {
		e.close()
		return err
	}
	return nil
}

// newSet returns the collectors that are switched on.
func (e *exporter) newSet() (*collector.Set, error) {
	s := e.settings
	metrics, err := system.NewReader(s.system.config(s.procPath, s.rootPath))
	if err != nil {
		return nil, fmt.Errorf("open the host metrics: %w", err)
	}
	options := collector.Options{
		System:              metrics,
		SystemNamespace:     s.system.namespace,
		TextfileDirectories: s.system.textfiles,
		Started:             e.started,
		Cmdline:             s.processCmdline,
		Failed:              newFailures(e.loggers.root).observe,
	}
	if slices.Contains(s.collectors, collector.GroupSockets) {
		reader, err := sockets.New(sockets.Config{ProcPath: s.procPath, Budget: s.system.socketBudget})
		if err != nil {
			return nil, fmt.Errorf("--collector.%s: %w", collector.GroupSockets, err)
		}
		options.Sockets = reader
	}
	return collector.NewSet(s.collectors, options)
}

// warn logs what is odd about a configuration.
func (e *exporter) warn(c *configuration) {
	for _, warning := range c.warnings() {
		level.Warn(e.loggers.root).Log("msg", "configuration", "file", e.settings.configFile, "warning", warning)
	}
}

// policy is what the configuration says about access.
func (e *exporter) policy() access.Policy { return e.current.Load().access }

// reload reads the configuration files again and applies those that are accepted; the error
// names the others. When it returns, what was accepted holds everywhere: for requests, for
// streams under way, and for the newest scan.
func (e *exporter) reload() error {
	before := e.current.Load()
	next, err := e.files.load(before)
	if next.past != before.past {
		e.warn(next)
		// First, so that no name of a group that the next configuration would not make is there
		// when that one holds.
		e.source.tracker.Reload(e.settings.groupConfig(next))
	}
	if applied := e.door.apply(before, next, func() { e.current.Store(next) }); applied != nil {
		err = errors.Join(err, fmt.Errorf("--web.config.file: %w", applied))
	}
	if report := e.source.tracker.Report(); report != nil {
		e.tree.Refresh(report)
	}
	return err
}

// closeTimeout bounds the wait for a scan that is stuck when the program ends.
const closeTimeout = 5 * time.Second

// close gives up the process table.
func (e *exporter) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := e.source.sampler.Close(ctx); err != nil {
		level.Warn(e.loggers.root).Log("msg", "failed to close the process table", "err", err)
	}
	e.events.close()
}

package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector"
	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/system"
	treeapi "proctree/tree-api"
)

// exporter is everything wired up, from the reader of the process table to the handlers.
type exporter struct {
	settings *settings
	loggers  loggers
	source   *source
	totals   *collector.ScanTotals
	set      *collector.Set
	reloads  *reloads
	tree     *treeapi.API
}

// newExporter opens the process table and loads the configuration.
func newExporter(s *settings, l loggers) (*exporter, error) {
	e := &exporter{settings: s, loggers: l, totals: collector.NewScanTotals()}
	configuration, err := loadConfig(s.configFile)
	if err != nil {
		return nil, err
	}
	figures, err := system.NewReader(s.system.config(s.procPath, s.rootPath))
	if err != nil {
		return nil, fmt.Errorf("open the figures of the host: %w", err)
	}
	e.set, err = collector.NewSet(s.collectors, collector.Options{
		System:              figures,
		SystemNamespace:     s.system.namespace,
		TextfileDirectories: s.system.textfiles,
		Failed:              newFailures(l.root).observe,
	})
	if err != nil {
		return nil, err
	}
	reader, err := host.NewReader(s.hostConfig(l.root))
	if err != nil {
		return nil, fmt.Errorf("open the process table: %w", err)
	}
	tracker := group.NewTracker(s.groupConfig(configuration.rules))
	once := &permissionNotice{logger: l.root}
	e.source = &source{
		tracker: tracker,
		sampler: host.NewSampler(host.SamplerConfig{
			Reader: reader,
			MaxAge: s.maxAge,
			OnScan: func(snapshot *host.Snapshot) {
				tracker.Observe(snapshot)
				e.totals.Observe(snapshot)
				once.observe(snapshot)
			},
		}),
	}
	e.reloads = newReloads(l.root, e.reload)
	if e.tree, err = e.newTree(reader, configuration.privacy); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// reload reads the configuration file again. An error leaves the old one in force.
func (e *exporter) reload() error {
	configuration, err := loadConfig(e.settings.configFile)
	if err != nil {
		return err
	}
	e.source.tracker.Reload(e.settings.groupConfig(configuration.rules))
	e.tree.SetPrivacy(configuration.privacy)
	return nil
}

// closeTimeout bounds the wait for a scan that is stuck when the program ends.
const closeTimeout = 5 * time.Second

// close gives up the process table.
func (e *exporter) close() {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if err := e.source.sampler.Close(ctx); err != nil {
		level.Warn(e.loggers.root).Log("msg", "closing the process table", "err", err)
	}
}

// source gives the newest report to metrics and tree alike.
type source struct {
	sampler *host.Sampler
	tracker *group.Tracker
}

// Report scans the process table unless that was just done.
func (s *source) Report(ctx context.Context) (*group.Report, error) {
	if _, err := s.sampler.Sample(ctx); err != nil {
		return nil, err
	}
	return s.tracker.Report(), nil
}

// permissionNotice says once what the exporter may not read, and what would help.
type permissionNotice struct {
	logger log.Logger
	once   sync.Once
}

func (n *permissionNotice) observe(s *host.Snapshot) {
	refused := s.Errors[host.ReasonPermission]
	if refused == 0 {
		return
	}
	n.once.Do(func() {
		level.Warn(n.logger).Log(
			"msg", "some figures of other users' processes are absent: the kernel refused to show them",
			"refused", refused, "processes", len(s.Processes),
			"absent", "I/O, open descriptors, executable",
			"help", "grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, which root has unless a container took them away")
	})
}

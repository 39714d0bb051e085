package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"proctree/collector"
	"proctree/collector/events"
	"proctree/collector/group"
	hostcontrol "proctree/collector/host/control"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/control"
)

// controlConfig sets up what controllers can do; without --api.enable-control it is nothing.
func (e *exporter) controlConfig() (control.Config, error) {
	cfg := control.Config{
		Rules:  func() *control.Rules { return e.current.Load().control },
		OwnPID: os.Getpid(),
		// A process that has changed its program since the last scan is judged as what it is now.
		Report: func(ctx context.Context) (*group.Report, error) { return e.source.ReportNow(ctx) },
	}
	if log := e.events.log(); log != nil {
		cfg.Sinks = []control.Sink{attemptLog{log}}
	}
	if !e.settings.enableControl {
		return cfg, nil
	}
	actor, err := hostcontrol.New(hostcontrol.Config{ProcPath: e.settings.procPath})
	if err != nil {
		return cfg, fmt.Errorf("--api.enable-control: %w", err)
	}
	cfg.Actor, cfg.Signals = actor, hostcontrol.Signals()
	return cfg, nil
}

// attemptLog adds each attempt to act on a process to the events.
type attemptLog struct{ events *events.Log }

// ControlAction implements control.Sink.
func (l attemptLog) ControlAction(e control.Event) {
	entry := events.Entry{Event: process.Event{Time: e.Time.Round(0), Name: e.Name}, Group: e.Group}
	entry.ID, _ = process.ParseID(e.Target) // It is empty where the request named no process.
	entry.Count = e.Count
	if e.Count == 0 || e.Who != "" {
		entry.Attempt = &process.Attempt{Who: e.Who, From: e.From, Action: e.Action, Nice: e.Nice, Result: e.Result, Error: e.Reason}
	}
	l.events.Attempted(entry)
}

// controlWarnings are what is odd about the section "control".
func (c *configuration) controlWarnings() []string {
	list := c.control.Warnings()
	switch {
	case c.controlOn && c.control == nil:
		list = append(list, "--api.enable-control is set, but the configuration file has no section \"control\": no process may be touched")
	case !c.controlOn && c.control != nil:
		list = append(list, "the section \"control\" has no effect without --api.enable-control")
	}
	if c.controlOn && !c.access.Tokens.Have(access.Controller) && len(c.control.Users()) == 0 {
		list = append(list, "--api.enable-control is set, but nobody can act: --api.token-file has no token with the role controller, and control.users names nobody")
	}
	if c.controlOn && c.eventsOff {
		list = append(list, "--events.source=off: attempts to act on processes are logged and counted, but are no events")
	}
	for _, user := range slices.Sorted(maps.Keys(c.control.Users())) {
		if _, ok := c.front.Users[user]; !ok {
			list = append(list, fmt.Sprintf("control.users: %q is not among basic_auth_users of --web.config.file, so nobody can be this user", user))
		}
	}
	return list
}

// actionMetrics is a prometheus.Collector of the attempts to act on processes. Every series
// is there from the start, so that the first attempt is an increase too.
type actionMetrics struct {
	desc  *prometheus.Desc
	count func(action, result string) uint64
}

func newActionMetrics(count func(action, result string) uint64) *actionMetrics {
	return &actionMetrics{
		desc: prometheus.NewDesc(prometheus.BuildFQName(collector.Namespace, "control", "actions_total"),
			"Attempts to act on a process, by action (a signal, \"signal\" if the request was refused before it was read or names no known one, or \"priority\") and by result. "+
				"Absent without --api.enable-control.",
			[]string{"action", "result"}, nil),
		count: count,
	}
}

// Describe implements prometheus.Collector.
func (m *actionMetrics) Describe(out chan<- *prometheus.Desc) { out <- m.desc }

// Collect implements prometheus.Collector.
func (m *actionMetrics) Collect(out chan<- prometheus.Metric) {
	for _, action := range control.Actions() {
		for _, result := range control.Results() {
			out <- prometheus.MustNewConstMetric(m.desc, prometheus.CounterValue, float64(m.count(action, result)), action, result)
		}
	}
}

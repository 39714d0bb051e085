package main

import (
	"context"
	"slices"
	"strings"

	"proctree/collector"
	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/host/cgroups"
	"proctree/collector/process"
	"proctree/tree-api/exits"
)

// source gives the newest report to metrics and tree alike.
type source struct {
	sampler *host.Sampler
	tracker *group.Tracker
	// exits are the ends of the last minutes.
	exits exits.Journal
}

// newSource shares the scans of a reader. Every scan is seen once by the tracker and then
// by the observers, before anybody gets it.
func newSource(reader host.Reader, s *settings, c *configuration, observers ...func(*process.Snapshot)) *source {
	tracker := group.NewTracker(s.groupConfig(c))
	made := &source{tracker: tracker}
	made.sampler = host.NewSampler(host.SamplerConfig{
		Reader:    reader,
		Cgroups:   s.cgroupReader(),
		Pressures: s.pressureReader(),
		MaxAge:    noneIfZero(s.maxAge),
		OnScan: func(snapshot *process.Snapshot) {
			made.exits.Observe(tracker.Observe(snapshot))
			for _, observe := range observers {
				observe(snapshot)
			}
		},
	})
	return made
}

// cgroupReader returns the reader of limits, nil where no collector shows them. Without
// control groups there are no limits.
func (s *settings) cgroupReader() host.CgroupReader {
	if !slices.Contains(s.collectors, collector.GroupLimits) {
		return nil
	}
	reader, err := cgroups.New(cgroups.Config{SysPath: s.system.sysPath})
	if err != nil {
		return nil
	}
	return reader
}

// pressureReader returns the reader of pressures, nil where no collector shows them or the host has
// none.
func (s *settings) pressureReader() host.PressureReader {
	if !slices.Contains(s.collectors, collector.CgroupPressure) {
		return nil
	}
	reader, err := cgroups.NewPressure(cgroups.Config{SysPath: s.system.sysPath})
	if err != nil {
		return nil
	}
	return reader
}

// Report scans the process table unless that was just done.
func (s *source) Report(ctx context.Context) (*group.Report, error) {
	if _, err := s.sampler.Sample(ctx); err != nil {
		return nil, err
	}
	return s.tracker.Report(), nil
}

// ReportNow scans the process table in any case.
func (s *source) ReportNow(ctx context.Context) (*group.Report, error) {
	if _, err := s.sampler.SampleNow(ctx); err != nil {
		return nil, err
	}
	return s.tracker.Report(), nil
}

// hasGroup reports whether the newest report has a group of that name.
func (s *source) hasGroup(name string) bool {
	report := s.tracker.Report()
	if report == nil {
		return false
	}
	_, ok := slices.BinarySearchFunc(report.Groups, name, func(g group.Group, name string) int { return strings.Compare(g.Name, name) })
	return ok
}

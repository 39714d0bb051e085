package main

import (
	"context"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/collector/process"
)

// source gives the newest report to metrics and tree alike.
type source struct {
	sampler *host.Sampler
	tracker *group.Tracker
}

// newSource shares the scans of a reader. Every scan is seen once by the tracker and then
// by the observers, before anybody gets it.
func newSource(reader host.Reader, s *settings, c *configuration, observers ...func(*process.Snapshot)) *source {
	tracker := group.NewTracker(s.groupConfig(c))
	return &source{
		tracker: tracker,
		sampler: host.NewSampler(host.SamplerConfig{
			Reader: reader,
			MaxAge: noneIfZero(s.maxAge),
			OnScan: func(snapshot *process.Snapshot) {
				tracker.Observe(snapshot)
				for _, observe := range observers {
					observe(snapshot)
				}
			},
		}),
	}
}

// Report scans the process table unless that was just done.
func (s *source) Report(ctx context.Context) (*group.Report, error) {
	if _, err := s.sampler.Sample(ctx); err != nil {
		return nil, err
	}
	return s.tracker.Report(), nil
}

// Package pasttest makes recordings for tests.
package pasttest

import (
	"testing"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/group"
	"proctree/collector/history"
	"proctree/collector/process"
	"proctree/tree-api/past"
	"proctree/tree-api/treetest"
)

// Recording is a recording that a test makes.
type Recording struct {
	Dir      string
	recorder *history.Recorder
	// Events are recorded with the next report.
	Events []process.GroupedEvent
}

// New begins to record each report.
func New(tb testing.TB) *Recording {
	tb.Helper()
	r := &Recording{Dir: tb.TempDir()}
	var err error
	r.recorder, err = history.NewRecorder(history.Config{
		Dir: r.Dir, Interval: time.Second, MaxBytes: history.DefaultMaxBytes, MaxAge: 100 * 365 * 24 * time.Hour,
		Events: func(into []process.GroupedEvent) []process.GroupedEvent {
			defer func() { r.Events = nil }()
			return append(into, r.Events...)
		},
	}, log.NewNopLogger())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { r.Stop(tb) })
	return r
}

// Add records a report, and waits until it is written.
func (r *Recording) Add(tb testing.TB, report *group.Report) {
	tb.Helper()
	before := r.recorder.Stats().Written
	r.recorder.Observe(report)
	treetest.WaitFor(tb, "a table to be written", func() bool { return r.recorder.Stats().Written > before })
}

// Stop ends the recording.
func (r *Recording) Stop(tb testing.TB) {
	tb.Helper()
	if err := r.recorder.Close(nil); err != nil {
		tb.Error(err)
	}
}

// Past answers for the recording as an exporter without a configuration file does.
func (r *Recording) Past(tb testing.TB) *past.Past {
	tb.Helper()
	policy := &past.Policy{Shown: &treetest.Masked}
	p := past.New(past.Config{Dir: r.Dir, Policy: func() *past.Policy { return policy }})
	tb.Cleanup(p.Close)
	return p
}

// Package treetest has what the tests of the process tree share: made-up hosts, the sources of
// their reports, and the messages of a stream as a client reads them.
package treetest

import (
	"context"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
	"proctree/tree-api/redact"
)

// hiddenRule excludes the processes whose name is "hidden".
const hiddenRule = "exclude: [{name: hidden}]"

// Masked shows command lines with their secrets masked.
var Masked = rules.Shown{Cmdline: redact.New().Args, Open: true, Exe: true}

// ReportOf lets a real Tracker report on the last of the snapshots.
func ReportOf(tb testing.TB, snapshots ...*process.Snapshot) *group.Report {
	tb.Helper()
	return ReportShown(tb, Masked, snapshots...)
}

// ReportShown is ReportOf with what may be shown.
func ReportShown(tb testing.TB, shown rules.Shown, snapshots ...*process.Snapshot) *group.Report {
	tb.Helper()
	cfg := HidingConfig(tb)
	cfg.Shown = shown
	tracker := group.NewTracker(cfg)
	var report *group.Report
	for _, s := range snapshots {
		report = tracker.Observe(s)
	}
	return report
}

// HidingConfig excludes the processes whose name is "hidden".
func HidingConfig(tb testing.TB) group.Config {
	tb.Helper()
	return group.Config{Rules: rulestest.Must(tb, hiddenRule), Shown: Masked}
}

// Fixed is a Source that always gives the same answer.
type Fixed struct {
	Newest *group.Report
	Err    error
}

// Report returns what there is, or waits for the end of ctx.
func (f Fixed) Report(ctx context.Context) (*group.Report, error) {
	if f.Newest == nil && f.Err == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return f.Newest, f.Err
}

// Panicking is a Source with a fault.
type Panicking struct{}

// Report panics.
func (Panicking) Report(context.Context) (*group.Report, error) { panic("a fault") }

// Hostile are names and arguments that somebody may give a process to break a reader.
var Hostile = []string{
	"", "a) S 1 (b", "new\nline", "tab\tquote\"back\\slash", "\x00\x01\x1f\x7f", "\xff\xfe\xc3", "\xed\xa0\x80",
	"</script><img src=x onerror=alert(1)>", "a&b", "\u2028\u2029", "ünïcödé \U0001F600", "\ufffd", "{\"id\":1}",
}

// WaitFor waits until something holds that others bring about.
func WaitFor(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("waited in vain for %s", what)
		}
	}
}

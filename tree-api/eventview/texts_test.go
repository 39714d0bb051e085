package eventview

import (
	"testing"
	"time"

	"proctree/collector/events"
	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

// TestRecordedNameWithItsStart: a recorded name that has the start of the process is one that the
// configuration of now makes, by the clock of the event.
func TestRecordedNameWithItsStart(t *testing.T) {
	shown := rules.Shown{Cmdline: func(args []string) []string { return args }, Open: true}
	made := rulestest.Must(t, `process_names: [{comm: [job], name: "{{.Comm}} {{.StartTime.Unix}}"}]`)
	policy := &events.Policy{Rules: made, Shown: &shown, Names: rules.NewRenamer(made, &shown)}
	e := &events.Entry{Event: process.Event{ID: process.ID{PID: 7, StartTicks: 500}, Name: "job", Facts: &process.Facts{Cmdline: []string{"job"}}}}
	e.Group, e.Clock = "job 1800000005", &process.Clock{Epoch: time.Unix(1_800_000_000, 0), TicksPerSecond: 100}
	var texts Texts
	if got := texts.of(e, policy).group; got != e.Group {
		t.Errorf("recorded as %q, shown as %q", e.Group, got)
	}
	e.Group = "--password=X"
	if got := texts.of(e, policy).group; got != "job 1800000005" {
		t.Errorf("a name of another configuration is shown as %q", got)
	}
}

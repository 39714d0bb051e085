package rules_test

import (
	"testing"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// everything shows all there is.
var everything = rules.Shown{Cmdline: func(args []string) []string { return args }, Open: true, Exe: true}

// subject returns PID 7, which started 50 minutes after the boot of the tests' host.
func subject(name string, facts *process.Facts, shown *rules.Shown) *rules.Subject {
	p := hosttest.Process(7, 1, name, hosttest.Started(50*time.Minute))
	return &rules.Subject{ID: p.ID, Name: name, Facts: facts, Clock: hosttest.Snapshot(time.Hour).Clock, Shown: shown}
}

// groupOf returns the group that a configuration gives to one process, and false if it
// excludes the process.
func groupOf(t *testing.T, config, name string, facts process.Facts) (string, bool) {
	t.Helper()
	group, verdict := rulestest.Must(t, config).Decide(subject(name, &facts, &everything))
	return group, verdict != rules.Excluded
}

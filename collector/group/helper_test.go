package group_test

import (
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// everything shows all there is.
var everything = rules.Shown{Cmdline: func(args []string) []string { return args }, Open: true, Exe: true}

// groupNamed returns a group of the report and fails the test when it is not there.
func groupNamed(tb testing.TB, r *group.Report, name string) group.Group {
	tb.Helper()
	for _, g := range r.Groups {
		if g.Name == name {
			return g
		}
	}
	tb.Fatalf("no group %q in %v", name, names(r))
	return group.Group{}
}

func names(r *group.Report) []string {
	list := make([]string, len(r.Groups))
	for i, g := range r.Groups {
		list[i] = g.Name
	}
	return list
}

// at is a time after the first scan of a test, which is long after the boot.
func at(d time.Duration) time.Duration { return time.Hour + d }

// proc builds a process that started at the given time after the first scan; a negative
// one started before it.
func proc(pid, ppid int, name string, started time.Duration, options ...hosttest.Option) process.Process {
	return hosttest.Process(pid, ppid, name, append([]hosttest.Option{hosttest.Started(at(started))}, options...)...)
}

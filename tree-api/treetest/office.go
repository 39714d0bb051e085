package treetest

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// CheckSame compares two lists, whatever their order.
func CheckSame(tb testing.TB, what string, got, want []string) {
	tb.Helper()
	got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		tb.Errorf("%s: %q, want %q", what, got, want)
	}
}

// Office is a small host on which every filter finds something.
func Office(tb testing.TB) *group.Report {
	tb.Helper()
	table := func(at time.Duration) *process.Snapshot {
		return hosttest.Snapshot(at,
			hosttest.Process(1, 0, "systemd", hosttest.Memory(12<<20, 160<<20)),
			hosttest.Process(2, 0, "kthreadd", hosttest.Kernel()),
			hosttest.Process(10, 2, "kworker/0:1", hosttest.Kernel(), hosttest.InState(process.Blocked)),
			hosttest.Process(20, 1, "postgres", hosttest.User(70, "postgres"), hosttest.Memory(400<<20, 1<<30),
				hosttest.CPU(at/2, at/4), hosttest.IO(uint64(at), uint64(at/2)), hosttest.Cmdline("/usr/lib/postgres", "-D", "/var/lib/DB")),
			hosttest.Process(21, 20, "postgres", hosttest.User(70, "postgres"), hosttest.Memory(100<<20, 1<<30), hosttest.CPU(at/8, 0)),
			hosttest.Process(30, 1, "sshd", hosttest.Memory(5<<20, 20<<20)),
			hosttest.Process(31, 30, "bash", hosttest.User(1000, "ann"), hosttest.Memory(6<<20, 20<<20), hosttest.Without(process.HasIO|process.HasOpenFDs)),
			hosttest.Process(32, 31, "vi", hosttest.User(1000, "ann"), hosttest.Memory(9<<20, 20<<20), hosttest.Without(process.HasCPU)),
			hosttest.Process(40, 31, "hidden", hosttest.User(1000, "ann")),
			hosttest.Process(41, 40, "make", hosttest.User(1000, "ann"), hosttest.InState(process.Running), hosttest.Memory(2<<20, 5<<20)),
		)
	}
	return ReportOf(tb, table(time.Hour), table(time.Hour+4*time.Second))
}

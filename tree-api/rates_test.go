package treeapi

import (
	"testing"
	"time"

	"proctree/collector/host"
	"proctree/collector/host/hosttest"
)

func TestRates(t *testing.T) {
	const before, now = 60 * time.Second, 70 * time.Second
	p := hosttest.Process
	started := hosttest.Started
	for _, test := range []struct {
		name      string
		then, now []host.Process
		want      Rates
	}{
		{
			"over the interval",
			[]host.Process{p(9, 0, "a", hosttest.CPU(time.Second, time.Second), hosttest.IO(100, 50))},
			[]host.Process{p(9, 0, "a", hosttest.CPU(4*time.Second, 3*time.Second), hosttest.IO(1100, 75))},
			Rates{Cores: 0.5, HasCores: true, ReadBytes: 100, WrittenBytes: 2.5, HasIO: true},
		},
		{
			"started since: over its life",
			nil,
			[]host.Process{p(9, 0, "a", started(68*time.Second), hosttest.CPU(time.Second, 0), hosttest.IO(10, 0))},
			Rates{Cores: 0.5, HasCores: true, ReadBytes: 5, HasIO: true},
		},
		{
			"started in this very tick",
			nil,
			[]host.Process{p(9, 0, "a", started(now), hosttest.CPU(5*time.Millisecond, 0))},
			Rates{Cores: 0.5, HasCores: true, HasIO: true},
		},
		{
			"a reused PID is another process",
			[]host.Process{p(9, 0, "a", hosttest.CPU(time.Hour, 0))},
			[]host.Process{p(9, 0, "a", started(65*time.Second), hosttest.CPU(time.Second, 0))},
			Rates{Cores: 0.2, HasCores: true, HasIO: true},
		},
		{
			"old, but not in the scan before",
			nil,
			[]host.Process{p(9, 0, "a", started(time.Second), hosttest.CPU(time.Hour, 0))},
			Rates{},
		},
		{
			"not known before",
			[]host.Process{p(9, 0, "a", hosttest.Without(host.HasIO))},
			[]host.Process{p(9, 0, "a", hosttest.CPU(time.Second, 0), hosttest.IO(1, 1))},
			Rates{Cores: 0.1, HasCores: true},
		},
		{
			"a counter that fell stands still",
			[]host.Process{p(9, 0, "a", hosttest.CPU(time.Hour, 0), hosttest.IO(100, 100))},
			[]host.Process{p(9, 0, "a", hosttest.IO(99, 110))},
			Rates{HasCores: true, WrittenBytes: 1, HasIO: true},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			then := hosttest.Snapshot(before, test.then...)
			tree := Build(reportOf(t, then, hosttest.Snapshot(now, test.now...)), then)
			if got := tree.Nodes[0].Rates; got != test.want {
				t.Errorf("rates are %+v, want %+v", got, test.want)
			}
			if tree.IntervalSeconds != 10 {
				t.Errorf("the interval is %v s, want 10", tree.IntervalSeconds)
			}
		})
	}
}

func TestNoRatesWithoutPreviousScan(t *testing.T) {
	s := hosttest.Snapshot(time.Minute, hosttest.Process(1, 0, "init", hosttest.CPU(time.Second, 0)))
	for name, previous := range map[string]*host.Snapshot{"none": nil, "the same": s} {
		tree := Build(reportOf(t, s), previous)
		if r := tree.Nodes[0].Rates; r != (Rates{}) || tree.IntervalSeconds != 0 {
			t.Errorf("previous scan %s: rates %+v over %v s", name, r, tree.IntervalSeconds)
		}
	}
}

// TestBusyCores holds the bounds that torn readings could break: never below nothing, and
// never above all CPUs.
func TestBusyCores(t *testing.T) {
	for name, test := range map[string]struct{ before, now, want time.Duration }{
		"half":                {10 * time.Second, 11 * time.Second, time.Second},
		"more than there is":  {10 * time.Second, 20 * time.Second, 4 * time.Second},
		"a counter that fell": {10 * time.Second, 9 * time.Second, 0},
	} {
		t.Run(name, func(t *testing.T) {
			previous, current := hosttest.Snapshot(time.Hour), hosttest.Snapshot(time.Hour+time.Second)
			previous.System.CPUBusy, current.System.CPUBusy = test.before, test.now
			current.System.CPUs = 4
			cores, ok := Build(reportOf(t, previous, current), previous).busyCores()
			if !ok || cores != test.want.Seconds() {
				t.Errorf("busy cores are %v, %v, not %v", cores, ok, test.want.Seconds())
			}
		})
	}
}

package tree

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

// ratesOf are the known rates of a node by their names.
func ratesOf(n *Node) map[string]float64 {
	rates := map[string]float64{}
	for i, f := range plan.rates {
		if n.Rates.Known&(1<<i) != 0 {
			rates[f.Name] = n.Rates.PerSecond[i]
		}
	}
	return rates
}

func TestRates(t *testing.T) {
	const before, now = 60 * time.Second, 70 * time.Second
	p := hosttest.Process
	started := hosttest.Started
	for _, test := range []struct {
		name      string
		then, now []process.Process
		want      map[string]float64
	}{
		{
			"over the interval",
			[]process.Process{p(9, 0, "a", hosttest.CPU(time.Second, time.Second), hosttest.CPUWait(time.Second), hosttest.IO(100, 50))},
			[]process.Process{p(9, 0, "a", hosttest.CPU(4*time.Second, 3*time.Second), hosttest.CPUWait(21*time.Second), hosttest.IO(1100, 75))},
			map[string]float64{"cpu": 0.5, "cpu_wait": 2, "read": 100, "written": 2.5},
		},
		{
			"started since: over the interval too",
			nil,
			[]process.Process{p(9, 0, "a", started(68*time.Second), hosttest.CPU(time.Second, 0), hosttest.IO(10, 0))},
			map[string]float64{"cpu": 0.1, "cpu_wait": 0, "read": 1, "written": 0},
		},
		{
			"started in this very tick",
			nil,
			[]process.Process{p(9, 0, "a", started(now), hosttest.CPU(5*time.Millisecond, 0))},
			map[string]float64{"cpu": 0.0005, "cpu_wait": 0, "read": 0, "written": 0},
		},
		{
			"30 ms old and busy all that time: not the largest of the host",
			nil,
			[]process.Process{p(9, 0, "a", started(now-30*time.Millisecond), hosttest.CPU(25*time.Millisecond, 0))},
			map[string]float64{"cpu": 0.0025, "cpu_wait": 0, "read": 0, "written": 0},
		},
		{
			"a reused PID is another process",
			[]process.Process{p(9, 0, "a", hosttest.CPU(time.Hour, 0))},
			[]process.Process{p(9, 0, "a", started(65*time.Second), hosttest.CPU(time.Second, 0))},
			map[string]float64{"cpu": 0.1, "cpu_wait": 0, "read": 0, "written": 0},
		},
		{
			"old, but not in the scan before",
			nil,
			[]process.Process{p(9, 0, "a", started(time.Second), hosttest.CPU(time.Hour, 0))},
			map[string]float64{},
		},
		{
			"not known before",
			[]process.Process{p(9, 0, "a", hosttest.Without(process.HasIO))},
			[]process.Process{p(9, 0, "a", hosttest.CPU(time.Second, 0), hosttest.IO(1, 1))},
			map[string]float64{"cpu": 0.1, "cpu_wait": 0},
		},
		{
			"a counter that fell stands still",
			[]process.Process{p(9, 0, "a", hosttest.CPU(time.Hour, 0), hosttest.IO(100, 100))},
			[]process.Process{p(9, 0, "a", hosttest.IO(99, 110))},
			map[string]float64{"cpu": 0, "cpu_wait": 0, "read": 0, "written": 1},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			then := hosttest.Snapshot(before, test.then...)
			tree := Build(treetest.ReportOf(t, then, hosttest.Snapshot(now, test.now...)), then)
			if diff := cmp.Diff(test.want, ratesOf(&tree.Nodes[0])); diff != "" {
				t.Errorf("the rates differ (-want +got):\n%s", diff)
			}
			if tree.IntervalSeconds != 10 {
				t.Errorf("the interval is %v s, want 10", tree.IntervalSeconds)
			}
		})
	}
}

func TestNoRatesWithoutPreviousScan(t *testing.T) {
	s := hosttest.Snapshot(time.Minute, hosttest.Process(1, 0, "init", hosttest.CPU(time.Second, 0)))
	for name, previous := range map[string]*process.Snapshot{"none": nil, "the same": s} {
		tree := Build(treetest.ReportOf(t, s), previous)
		if r := tree.Nodes[0].Rates; r != (Rates{}) || tree.IntervalSeconds != 0 {
			t.Errorf("previous scan %s: rates %+v over %v s", name, r, tree.IntervalSeconds)
		}
	}
}

// A saturated host delays the reading of the counters behind the moment that the scan bears
// by more than a scan interval, or past its deadline.
func TestBusyCores(t *testing.T) {
	const cpus = 4
	for name, test := range map[string]struct {
		busy, idle time.Duration
		edit       func(previous, current *process.System)
		want       float64
		unknown    bool
	}{
		"half of the time":              {busy: 2 * time.Second, idle: 2 * time.Second, want: 2},
		"read right after one late":     {busy: 80 * time.Millisecond, want: cpus},
		"read late":                     {busy: 9 * time.Second, idle: 3 * time.Second, want: 3},
		"idle":                          {idle: 4 * time.Second},
		"idle time that was taken back": {busy: time.Second, idle: -10 * time.Millisecond, want: cpus},
		"a counter that fell":           {busy: -time.Second, idle: time.Second, unknown: true},
		"counters that stand still":     {unknown: true},
		"this reading failed":           {edit: func(_, current *process.System) { *current = process.System{} }, unknown: true},
		"the one before failed": {
			busy: time.Second, idle: time.Second,
			edit: func(previous, _ *process.System) { *previous = process.System{} }, unknown: true,
		},
		"CPUs not known": {
			busy: time.Second, idle: time.Second,
			edit: func(_, current *process.System) { current.CPUs = 0 }, unknown: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			previous, current := hosttest.Snapshot(time.Hour), hosttest.Snapshot(time.Hour+time.Second)
			current.System.CPUs = cpus
			current.System.CPUBusy += test.busy
			current.System.CPUIdle += test.idle
			if test.edit != nil {
				test.edit(&previous.System, &current.System)
			}
			cores, ok := Build(treetest.ReportOf(t, previous, current), previous).busyCores()
			if ok == test.unknown || cores != test.want {
				t.Errorf("busy cores are %v, %v; want %v, %v", cores, ok, test.want, !test.unknown)
			}
		})
	}
}

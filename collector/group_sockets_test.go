package collector

import (
	"strings"
	"testing"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/host/sockets"
	"proctree/collector/process"
)

// fixedSockets answers the same every time.
type fixedSockets struct{ sockets.Result }

func (f *fixedSockets) Read([]*process.Process) *sockets.Result { return &f.Result }

func TestGroupSockets(t *testing.T) {
	s := hosttest.Snapshot(0, hosttest.Process(1, 0, "init"), hosttest.Process(10, 1, "web"),
		hosttest.Process(11, 10, "web"), hosttest.Process(20, 1, "hidden"))
	tracker := group.NewTracker(group.Config{})
	tracker.Observe(s)
	id := func(pid int) process.ID { return s.ByPID(pid).ID }
	reader := &fixedSockets{sockets.Result{Unread: 1, ByProcess: map[process.ID][]sockets.Socket{
		id(1): nil,
		// Both descend from one that had opened number 7.
		id(10): {{Inode: 7, State: sockets.Listening}, {Inode: 8}},
		id(11): {{Inode: 7, State: sockets.Listening}, {Inode: 9}, {Inode: 5, Protocol: sockets.UDP, State: sockets.Listening}},
	}}}
	set, err := NewSet([]string{GroupSockets}, Options{Sockets: reader})
	if err != nil {
		t.Fatal(err)
	}
	families := gather(t, set.Scrape(tracker.Report()))
	got := map[string]float64{}
	for _, m := range families["proctree_group_sockets"].GetMetric() {
		var key strings.Builder
		for _, l := range m.GetLabel() {
			key.WriteString(l.GetValue() + " ")
		}
		got[key.String()] = m.GetGauge().GetValue()
	}
	for key, want := range map[string]float64{
		"web tcp listening ": 1, "web tcp established ": 2, "web tcp other ": 0, "web udp listening ": 1,
		"init tcp established ": 0,
	} {
		if n, ok := got[key]; !ok || n != want {
			t.Errorf("%s: %v (there: %v), want %v", key, n, ok, want)
		}
	}
	// Nothing is known of the one process of that group, which is not 0.
	if _, ok := got["hidden tcp established "]; ok || len(got) != 12 {
		t.Errorf("%d series: %v", len(got), got)
	}
	if n := families["proctree_sockets_unread_processes"].GetMetric()[0].GetGauge().GetValue(); n != 1 {
		t.Errorf("%v unread", n)
	}
}

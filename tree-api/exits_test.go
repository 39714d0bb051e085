package treeapi

import (
	"net/http"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/exits"
	"proctree/tree-api/treetest"
)

// TestExits lets processes end in each way and asks for them.
func TestExits(t *testing.T) {
	table := []process.Process{
		hosttest.Process(1, 0, "systemd"), hosttest.Process(30, 1, "sshd"),
		hosttest.Process(31, 30, "crasher", hosttest.User(1000, "ann"), hosttest.CPU(time.Second, 0)),
		hosttest.Process(32, 30, "vanisher", hosttest.CPU(2*time.Second, 0)), hosttest.Process(33, 30, "hidden"),
	}
	first := hosttest.Snapshot(time.Hour, table...)
	second := hosttest.Snapshot(time.Hour+time.Second, table[:2]...)
	second.ExitSource = process.ExitsTaskstats
	second.Exits = []process.Exit{
		{ID: table[2].ID, Parent: 30, Name: "crasher", Facts: table[2].Facts, Processes: 1, Known: process.HasCPU | process.HasIO, UserTime: 1500 * time.Millisecond, ReadBytes: 7, Reason: "SIGSEGV"},
		{Parent: 30, Name: "sh", Processes: 4, Known: process.HasCPU, UserTime: time.Second, Reason: "exit_code"},
		{ID: process.ID{PID: 40, StartTicks: 360050}, Parent: 30, Name: "quick", Processes: 1},
	}
	journal := &exits.Journal{}
	tracker := group.NewTracker(treetest.HidingConfig(t))
	var report *group.Report
	for _, s := range []*process.Snapshot{first, second} {
		report = tracker.Observe(s)
		journal.Observe(report)
	}
	api := apiOf(t, func(cfg *Config) { cfg.Exits, cfg.Source = journal, treetest.Fixed{Newest: report} })
	got := Data(t, ask(t, api, "/api/v1/exits?seconds=60"), treetest.NewSchemas(t), "ExitsAnswer")
	byName := map[string]map[string]any{}
	for _, e := range got["exits"].([]any) {
		byName[e.(map[string]any)["name"].(string)] = e.(map[string]any)
	}
	if len(byName) != 4 || got["source"] != "taskstats" {
		t.Fatalf("%v", got)
	}
	for name, want := range map[string]map[string]any{
		"crasher":  {"pid": 31.0, "parent": "sshd", "user": "ann", "reason": "SIGSEGV", "cpu_seconds": 1.5, "read_bytes": 7.0},
		"vanisher": {"pid": 32.0, "parent": "sshd", "reason": nil, "cpu_seconds": 2.0},
		"sh":       {"pid": nil, "processes": 4.0, "reason": "exit_code", "run_seconds": nil},
		"quick":    {"pid": 40.0, "reason": "normal", "cpu_seconds": nil, "run_seconds": 0.5},
	} {
		for key, value := range want {
			if byName[name][key] != value {
				t.Errorf("%s: %s is %v, want %v", name, key, byName[name][key], value)
			}
		}
	}
	viewer := apiOf(t, asViewer(t))
	if none := Data(t, ask(t, viewer, "/api/v1/exits"), treetest.NewSchemas(t), "ExitsAnswer"); len(none["exits"].([]any)) != 0 {
		t.Errorf("without a journal there are %v", none)
	}
	for _, bad := range []string{"?seconds=0", "?seconds=601", "?seconds=x", "?seconds=1&seconds=2", "?minutes=1"} {
		if answer := ask(t, api, "/api/v1/exits"+bad); answer.StatusCode != http.StatusBadRequest {
			t.Errorf("%s is answered with %d", bad, answer.StatusCode)
		}
	}
}

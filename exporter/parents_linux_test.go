package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"proctree/collector/host/hosttest"
)

// TestParentsAgree: /metrics names the parent that the tree shows, also where a PPID is not that
// of the parent.
func TestParentsAgree(t *testing.T) {
	h := writeDamagedHost(t)
	want := map[int]int{1: 0, 201: 0, 202: 1, 203: 0, 204: 0, 205: 204, 206: 0, 207: 1, 209: 201, 210: 0}
	for _, p := range []hosttest.TreeProcess{
		{PID: 201, PPID: 202, StartTicks: 5000}, // Its parent started later,
		{PID: 202, PPID: 1, StartTicks: 6000},
		{PID: 203, PPID: 203, StartTicks: 5000}, // is the process itself,
		{PID: 204, PPID: 205, StartTicks: 5000}, // is a child of it,
		{PID: 205, PPID: 204, StartTicks: 5001},
		{PID: 206, PPID: 207, StartTicks: 5000}, // started in the same tick with a higher PID,
		{PID: 207, PPID: 1, StartTicks: 5000},
		{PID: 208, PPID: 201, Name: "secret", StartTicks: 7000}, // is not shown,
		{PID: 209, PPID: 208, StartTicks: 8000},
		{PID: 210, PPID: 99999, StartTicks: 9000}, // or is not there.
	} {
		if p.Name == "" {
			p.Name = "p" + strconv.Itoa(p.PID)
		}
		p.ResidentKB, p.VirtualKB = 1000, 2000
		p.Write(t, filepath.Join(h.root, "proc"))
	}
	config := filepath.Join(t.TempDir(), "proctree.yml")
	must(t, os.WriteFile(config, []byte("exclude:\n- name: ^secret$\n"), 0o600))
	h.handler = h.start(t, damageDeadline, "--process.top=100", "--config.file="+config)

	labels := map[int]int{}
	for series := range h.scrape(t) {
		if m := regexp.MustCompile(`^proctree_process_info\{.*pid="(\d+)",pod="[^"]*",ppid="(\d+)"`).FindStringSubmatch(series); m != nil {
			pid, _ := strconv.Atoi(m[1])
			labels[pid], _ = strconv.Atoi(m[2])
		}
	}
	var answer struct {
		Data struct {
			Processes []struct{ PID, PPID int }
		}
	}
	if err := json.Unmarshal(h.get(t, "/api/v1/processes"), &answer); err != nil {
		t.Fatal(err)
	}
	tree := map[int]int{}
	for _, p := range answer.Data.Processes {
		tree[p.PID] = p.PPID
	}
	for pid, parent := range want {
		if got, ok := labels[pid]; !ok || got != parent || tree[pid] != parent {
			t.Errorf("the parent of %d is %d in /metrics (%v) and %d in the tree, want %d", pid, got, ok, tree[pid], parent)
		}
	}
	for pid, parent := range labels {
		if tree[pid] != parent {
			t.Errorf("the parent of %d is %d in /metrics and %d in the tree", pid, parent, tree[pid])
		}
	}
	if _, ok := labels[208]; ok || len(labels) != len(tree) {
		t.Errorf("%d processes in /metrics, %d in the tree", len(labels), len(tree))
	}
}

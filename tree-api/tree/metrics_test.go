package tree

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// fullPair is two scans of a process of which everything is known.
func fullPair(t *testing.T) *Tree {
	t.Helper()
	scan := func(at time.Duration) *process.Snapshot {
		return hosttest.Snapshot(at, hosttest.Process(1, 0, "app", hosttest.Kernel(), hosttest.Texts("text"), hosttest.CPU(at/2, at/4), hosttest.CPUWait(at/8), hosttest.Delays(process.Delays{BlockIO: at / 9, SwapIn: at / 10, Reclaim: at / 11, Thrashing: at / 12}), hosttest.GPU(at/16, 3<<20), hosttest.IO(uint64(at), uint64(at/2)), withPSS,
			hosttest.Network(process.Network{TCP: process.Traffic{ReceivedBytes: uint64(at), ReceivedOperations: uint64(at / 2)}, UDP: process.Traffic{TransmittedBytes: uint64(at), TransmittedOperations: uint64(at / 3)}})))
	}
	before, now := scan(time.Minute), scan(2*time.Minute)
	return Build(treetest.ReportOf(t, before, now), before)
}

// withPSS is of a host where proportional memory is read too.
func withPSS(p *process.Process) {
	p.ProportionalBytes = 1 << 20
	p.Known |= process.HasProportional
}

// places are the paths of all members of an object, as "memory.resident_bytes".
func places(object map[string]any) []string {
	var list []string
	for name, value := range object {
		inner, ok := value.(map[string]any)
		if !ok || inner["index"] != nil {
			list = append(list, name)
			continue
		}
		for _, place := range places(inner) {
			list = append(list, name+"."+place)
		}
	}
	return list
}

// TestEveryMetricIsSent holds that each row of the table comes out in a node, in both layouts of
// the stream and in a change, and that nothing else does.
func TestEveryMetricIsSent(t *testing.T) {
	f := frameOf(t, fullPair(t), access.Operator, newFactsCache(), "")
	node := treetest.Decode(t, f.Full(1, InNodes)).Processes[0]
	var inColumns struct{ Columns map[string]any }
	if err := json.Unmarshal(f.Full(1, InColumns), &inColumns); err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range metric.All() {
		m := &metric.All()[i]
		if m.Path != "" {
			want = append(want, m.Path)
		}
	}
	treetest.CheckSame(t, "members of a node", places(node), append(slices.Clone(want), "id"))
	treetest.CheckSame(t, "columns", places(inColumns.Columns), append(slices.Clone(want), "id", "context"))
}

// TestEveryChangeIsSent changes everything of a process that can change.
func TestEveryChangeIsSent(t *testing.T) {
	cache := newFactsCache()
	before := frameOf(t, fullPair(t), access.Operator, cache, "")
	gone := hosttest.Process(1, 0, "other", hosttest.Without(^process.Fields(0)), hosttest.Facts(process.Facts{}), hosttest.InState(process.Stopped))
	now := frameOf(t, Build(treetest.ReportOf(t, hosttest.Snapshot(3*time.Minute, gone)), nil), access.Operator, cache, "")
	change := treetest.Decode(t, now.Difference(before, 2)).Changed[0]
	for i := range metric.All() {
		m := &metric.All()[i]
		object, member := m.Split()
		if object == "" {
			object = member
		}
		// What a process is born with never changes, and its parent and start did not.
		if m.Path == "" || slices.Contains([]string{"pid", "ppid", "start_time"}, m.Name) {
			continue
		}
		if value, ok := change[object]; !ok || value != nil && !m.Required && m.Name != "group" {
			t.Errorf("%s became unknown, and the change says %v", m.Name, value)
		}
	}
}

// TestEveryMetricSortsAndFilters holds that each row is a sort key and a filter, by its name and by
// its earlier ones, unless that means nothing.
func TestEveryMetricSortsAndFilters(t *testing.T) {
	for i := range metric.All() {
		m := &metric.All()[i]
		for _, name := range append([]string{m.Name}, m.Aliases...) {
			key, err := findSortKey(name)
			if m.Sortable() != (err == nil) {
				t.Errorf("sort by %s: %v", name, err)
			} else if m.Sortable() && key.name != m.Name {
				t.Errorf("sort by %s sorts by %s", name, key.name)
			}
		}
		for parameter, takes := range map[string]bool{m.Name + "=x": m.Choice && m.Kind != metric.State, "min_" + m.Name + "=1": m.HasMinimum()} {
			values, err := ParseValues(parameter)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := ParseQuery(values, Flat); (err == nil) != takes {
				t.Errorf("%s: %v", parameter, err)
			}
		}
	}
	names := map[string]int{}
	for _, p := range parameters {
		names[p.name]++
	}
	for name := range maps.Keys(names) {
		if names[name] > 1 || strings.Contains(name, "-") {
			t.Errorf("the parameter %s is there %d times", name, names[name])
		}
	}
}

package tree

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

var update = flag.Bool("update", false, "write the golden files again")

// everyValue sets all values of a process, and says that they are known.
func everyValue(count uint64, moment time.Duration, nice int8) hosttest.Option {
	return func(p *process.Process) {
		p.Known, p.Nice, p.UID, p.Threads = ^process.Fields(0), nice, math.MaxUint32, int(count>>1)
		p.UserTime, p.SystemTime, p.ChildUserTime, p.ChildSystemTime, p.CPUWait = moment, moment/2, moment, moment, moment/3
		p.Delays = process.Delays{BlockIO: moment / 4, SwapIn: moment / 5, Reclaim: moment / 6, Thrashing: moment / 7}
		p.ResidentBytes, p.VirtualBytes, p.SwapBytes, p.ProportionalBytes = count, count, count, count
		p.ReadBytes, p.WrittenBytes, p.OpenFDs, p.MinorFaults, p.MajorFaults = count, count, count, count, count
		p.VoluntarySwitches, p.InvoluntarySwitches = count, count
		p.Network = &process.Network{TCP: process.Traffic{ReceivedBytes: count, ReceivedOperations: count >> 1, TransmittedBytes: count, TransmittedOperations: count >> 2}}
	}
}

// TestNodeBytes holds the JSON of a node byte for byte: each metric, in the order and with the
// digits that clients have always had. Other tests decode it, so that they see neither.
func TestNodeBytes(t *testing.T) {
	const (
		before = time.Minute
		now    = before + 1500*time.Millisecond
	)
	nothing := func(p *process.Process) { p.Known = 0 }
	kernel := hosttest.Kernel()
	cases := []struct {
		name string
		// then is nil for a process of which the scan before knows nothing.
		then, now hosttest.Option
		title     string
		more      []hosttest.Option
	}{
		{"every metric", everyValue(1000, time.Second, 0), everyValue(4000, 3*time.Second, 5), "full", []hosttest.Option{kernel, hosttest.Texts("text")}},
		{"nothing known", nothing, nothing, "unknown", []hosttest.Option{hosttest.Facts(process.Facts{})}},
		{"zeros", everyValue(0, 0, 0), everyValue(0, 0, 0), "zeros", []hosttest.Option{hosttest.Facts(process.Facts{Cmdline: []string{}})}},
		{"the least that is not 0", everyValue(0, 0, 0), everyValue(1, 15*time.Millisecond, -1), "least", nil},
		{"below the last digit", everyValue(0, 0, 0), everyValue(2, 4*time.Millisecond, 1), "below", nil},
		{"the largest", everyValue(0, 0, 0), everyValue(math.MaxUint64, math.MaxInt64/2, math.MaxInt8), "largest", nil},
		{"the smallest nice value", everyValue(7, 7, 0), everyValue(7, 7, math.MinInt8), "smallest", nil},
		{"counters that fell", everyValue(9000, time.Hour, 0), everyValue(8000, time.Minute, 0), "fell", nil},
		{"not in the scan before", nil, everyValue(4000, 3*time.Second, 0), "new", nil},
		{"bytes that are no text", nothing, nothing, "\xff\x00\"\\\n</script>\u2028é", []hosttest.Option{hosttest.Texts("\xff\x00\"\\\n</script>\u2028é")}},
	}
	var then, this []process.Process
	for i, c := range cases {
		pid, options := i+1, append([]hosttest.Option{hosttest.InState(process.State(i % process.NumStates))}, c.more...)
		if c.then != nil {
			then = append(then, hosttest.Process(pid, 0, c.title, append(options, c.then)...))
		}
		this = append(this, hosttest.Process(pid, i/2, c.title, append(options, c.now)...))
	}
	previous := hosttest.Snapshot(before, then...)
	tree := Build(treetest.ReportOf(t, previous, hosttest.Snapshot(now, this...)), previous)
	var got bytes.Buffer
	for i, c := range cases {
		for _, role := range []access.Role{access.Viewer, access.Operator} {
			node := viewOf(tree, role).appendNode(nil, int32(i))
			if !json.Valid(fmt.Appendf(nil, "{%s}", node)) {
				t.Errorf("%s, %s: no JSON: %s", c.name, role, node)
			}
			fmt.Fprintf(&got, "%s, %s:\n{%s}\n", c.name, role, node)
		}
	}
	checkEveryMetric(t, viewOf(tree, access.Operator).appendNode(nil, 0))
	const file = "testdata/nodes.golden"
	if *update {
		if err := os.WriteFile(file, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.SplitAfter(string(want), "\n"), strings.SplitAfter(got.String(), "\n")); diff != "" {
		t.Errorf("%s differs; `make generate` writes it again (-want +got):\n%s", file, diff)
	}
}

// checkEveryMetric holds that a node has a value of each metric that is sent.
func checkEveryMetric(t *testing.T, members []byte) {
	t.Helper()
	var node map[string]any
	if err := json.Unmarshal(fmt.Appendf(nil, "{%s}", members), &node); err != nil {
		t.Fatal(err)
	}
	for _, m := range metric.All() {
		if m.Path == "" {
			continue
		}
		object, member := m.Split()
		within := node
		if object != "" {
			within, _ = node[object].(map[string]any)
		}
		if _, ok := within[member]; !ok {
			t.Errorf("the node in which every metric is known has no %s", m.Path)
		}
	}
}

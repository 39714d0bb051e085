package tree

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/group/rules"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/redact"
	"proctree/tree-api/treetest"
)

// masked masks secrets on command lines, and unmasked does not.
var (
	masked   = &rules.Shown{Cmdline: redact.New().Args}
	unmasked = &rules.Shown{Cmdline: func(args []string) []string { return args }}
)

// viewOf shows a report to a role, nothing masked.
func viewOf(tree *Tree, role access.Role) *View {
	return newModel(tree, newFactsCache().shownOf(tree.Nodes, unmasked), 0).As(role)
}

// keep passes nothing on.
func keep(dst []byte) []byte { return dst }

// whole encodes all of a view.
func whole(t *testing.T, v *View) []byte {
	t.Helper()
	q := &Query{Depth: -1}
	s, err := v.SelectNodes(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return v.Nest(s, q).AppendAll(nil, keep)
}

// checkEqualsEncodingJSON holds what the wire types know. Metrics that came later are none of theirs.
func checkEqualsEncodingJSON(t *testing.T, v *View) {
	t.Helper()
	wanted, err := json.Marshal(v.wireTree(v.Roots))
	if err != nil {
		t.Fatal(err)
	}
	want, got := asWireTypes(t, wanted), asWireTypes(t, whole(t, v))
	if !bytes.Equal(got, want) {
		t.Errorf("differs from encoding/json (-want +got):\n%s", cmp.Diff(lines(want), lines(got)))
	}
}

// asWireTypes decodes nodes and encodes them again.
func asWireTypes(t *testing.T, data []byte) []byte {
	t.Helper()
	var nodes []treetest.WireNode
	if err := json.Unmarshal(data, &nodes); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	again, err := json.Marshal(nodes)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// lines breaks JSON up, so that a difference is short.
func lines(data []byte) []string { return strings.SplitAfter(string(data), ",") }

func TestEncoderEqualsEncodingJSON(t *testing.T) {
	var then, now []process.Process
	for i, text := range treetest.Hostile {
		p := hosttest.Process(i+1, i/2, text, hosttest.Texts(text))
		then = append(then, p)
		p.UserTime, p.ReadBytes = time.Duration(i)*time.Second/3, uint64(i)<<40
		now = append(now, p)
	}
	for bit := range bits.Len32(uint32(hosttest.AllFields)) {
		pid := 100 + bit
		p := hosttest.Process(pid, 1, "partial", hosttest.Without(process.Fields(1)<<bit))
		then, now = append(then, p), append(now, p)
	}
	now = append(now,
		hosttest.Process(200, 2, "kworker/0:0-[ünï]", hosttest.Kernel(), hosttest.InState(process.Blocked)),
		hosttest.Process(201, 200, "nothing", hosttest.Without(^process.Fields(0)), hosttest.Facts(process.Facts{})),
		hosttest.Process(202, 200, "no arguments", hosttest.Cmdline([]string{}...)))
	before := hosttest.Snapshot(time.Minute, then...)
	report := treetest.ReportOf(t, before, hosttest.Snapshot(63*time.Second, now...))
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		for name, previous := range map[string]*process.Snapshot{"first scan": nil, "second scan": before} {
			t.Run(fmt.Sprintf("%s, %s", role, name), func(t *testing.T) {
				checkEqualsEncodingJSON(t, viewOf(Build(report, previous), role))
			})
		}
	}
}

// FuzzEncoder holds the equality for tables made of any values.
func FuzzEncoder(f *testing.F) {
	f.Add(uint64(1), "name", "--arg")
	f.Add(uint64(99), "\xff", "</script>")
	f.Fuzz(func(t *testing.T, seed uint64, name, arg string) {
		random := rand.New(rand.NewPCG(seed, 0))
		table := func() (processes []process.Process) {
			for pid := 1; pid <= 8; pid++ {
				p := hosttest.Process(pid, random.IntN(9), name,
					hosttest.CPU(time.Duration(random.Int64N(1e15)), time.Duration(random.Int64N(1e12))),
					hosttest.Memory(random.Uint64N(1<<50), random.Uint64()),
					hosttest.IO(random.Uint64N(1<<40), random.Uint64N(1<<20)),
					hosttest.Without(process.Fields(random.Uint64N(1<<bits.Len32(uint32(hosttest.AllFields))))),
					hosttest.Cmdline(arg, name))
				p.Nice = int8(random.IntN(40) - 20)
				p.SwapBytes, p.OpenFDs = random.Uint64(), random.Uint64()
				processes = append(processes, p)
			}
			return processes
		}
		before := hosttest.Snapshot(time.Minute, table()...)
		report := treetest.ReportOf(t, before, hosttest.Snapshot(61*time.Second, table()...))
		checkEqualsEncodingJSON(t, viewOf(Build(report, before), access.Operator))
	})
}

func TestDeepChainsStayReadable(t *testing.T) {
	const n = 12_000
	processes := make([]process.Process, 0, n)
	for pid := 1; pid <= n; pid++ {
		processes = append(processes, hosttest.Process(pid, pid-1, "chain", hosttest.Started(time.Second)))
	}
	var tree []treetest.WireNode
	if err := json.Unmarshal(whole(t, viewOf(treeOf(t, processes...), access.Operator)), &tree); err != nil {
		t.Fatal(err)
	}
	levels, listed := 0, 0
	for list := tree; len(list) > 0; list = list[0].Children {
		levels++
		listed += len(list)
	}
	if levels != maxNesting+1 || listed != n {
		t.Errorf("%d processes on %d levels, want %d on %d", listed, levels, n, maxNesting+1)
	}
}

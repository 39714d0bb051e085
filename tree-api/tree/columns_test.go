package tree

import (
	"fmt"
	"math/bits"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

func TestColumnsEqualNodes(t *testing.T) {
	var table []process.Process
	for i, text := range treetest.Hostile {
		table = append(table, hosttest.Process(i+1, i/2, text, hosttest.Texts(text)))
	}
	for bit := range bits.Len32(uint32(hosttest.AllFields)) {
		table = append(table, hosttest.Process(100+bit, 1, "partial", hosttest.Without(process.Fields(1)<<bit)))
	}
	table = append(table,
		hosttest.Process(200, 2, "kworker/0:0", hosttest.Kernel(), hosttest.InState(process.Blocked)),
		hosttest.Process(201, 200, "nothing", hosttest.Without(^process.Fields(0)), hosttest.Facts(process.Facts{})),
		hosttest.Process(202, 200, "no arguments", hosttest.Cmdline([]string{}...)))
	before := hosttest.Snapshot(time.Minute, table...)
	report := treetest.ReportOf(t, before, hosttest.Snapshot(63*time.Second, table...))
	for _, role := range []access.Role{access.Viewer, access.Operator} {
		for _, previous := range []*process.Snapshot{nil, before} {
			for _, filter := range []string{"", "partial", "matches nothing"} {
				t.Run(fmt.Sprintf("%s %v %q", role, previous == nil, filter), func(t *testing.T) {
					f := frameOf(t, Build(report, previous), role, newFactsCache(), filter)
					treetest.CheckColumns(t, f.Full(7, InColumns), f.Full(7, InNodes))
				})
			}
		}
	}
}

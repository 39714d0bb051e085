package stream

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"

	"proctree/tree-api/access"
	"proctree/tree-api/tree"
	"proctree/tree-api/treetest"
)

// TestFirstMessageIsMadeAhead holds that a stream's first message is the one that was made
// ahead for its role.
func TestFirstMessageIsMadeAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		following := streamsOf(t, treetest.NewLiving(t, treetest.One))
		following.ReadAhead(access.Operator)
		synctest.Wait()
		made := following.cfg.Models.Newest.Openings.Made[access.Operator]
		time.Sleep(time.Second / 2)
		first := join(t, following, &subscription{feedKey: feedKey{interval: 1, role: access.Operator}, query: &tree.Query{Depth: -1}, layout: tree.InColumns})
		again := join(t, following, &subscription{feedKey: feedKey{interval: 5, role: access.Operator}, query: &tree.Query{Depth: -1}, layout: tree.InColumns})
		if a, b := <-first.messages, <-again.messages; made == nil || &a[0] != &made[0] || &b[0] != &made[0] {
			t.Error("the first message was not made with the page, or again")
		}
		viewer := join(t, following, &subscription{feedKey: feedKey{interval: 1, role: access.Viewer}, query: &tree.Query{Depth: -1}, layout: tree.InColumns})
		if message := <-viewer.messages; !bytes.Contains(message, []byte(`"role":"viewer"`)) || bytes.Contains(message, []byte("cmdline")) {
			t.Errorf("a viewer gets what was made for an operator: %s", message)
		}
	})
}

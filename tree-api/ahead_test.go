package treeapi

import (
	"bytes"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"proctree/tree-api/access"
)

// TestPageHasTheTableReadAhead holds that the scan begins with the page, and is not made
// again for the stream that follows; and that nobody has it made who may not see the tree.
func TestPageHasTheTableReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := newLiving(t, one)
		api := apiOf(t, func(cfg *Config) { cfg.Source = source })
		ask(t, api, "/", from("192.0.2.7:1"))
		ask(t, api, "/", func(r *http.Request) { r.Method = http.MethodHead })
		ask(t, api, "/start.js")
		if synctest.Wait(); source.scans.Load() != 0 {
			t.Error("a scan for somebody who did not get the page")
		}
		ask(t, api, "/")
		if synctest.Wait(); source.scans.Load() != 1 {
			t.Errorf("%d scans with the page, want 1", source.scans.Load())
		}
		made := api.models.newest.openings.made[access.Operator]
		time.Sleep(time.Second / 2)
		first := join(t, api, &subscription{feedKey: feedKey{interval: 1, role: access.Operator}, query: &query{depth: -1}, layout: inColumns})
		again := join(t, api, &subscription{feedKey: feedKey{interval: 5, role: access.Operator}, query: &query{depth: -1}, layout: inColumns})
		if a, b := <-first.messages, <-again.messages; made == nil || &a[0] != &made[0] || &b[0] != &made[0] {
			t.Error("the first message was not made with the page, or again")
		}
		viewer := join(t, api, &subscription{feedKey: feedKey{interval: 1, role: access.Viewer}, query: &query{depth: -1}, layout: inColumns})
		if message := <-viewer.messages; !bytes.Contains(message, []byte(`"role":"viewer"`)) || bytes.Contains(message, []byte("cmdline")) {
			t.Errorf("a viewer gets what was made for an operator: %s", message)
		}
		ask(t, api, "/")
		if synctest.Wait(); source.scans.Load() != 1 {
			t.Errorf("%d scans with page and stream, want 1", source.scans.Load())
		}
	})
}

func TestCloseEndsReadingAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Source = fixed{} })
		ask(t, api, "/")
		started := time.Now()
		if err := api.Close(t.Context()); err != nil || time.Since(started) > 0 {
			t.Errorf("closed after %s: %v", time.Since(started), err)
		}
	})
}

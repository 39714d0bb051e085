package treeapi

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"proctree/tree-api/treetest"
)

// TestPageHasTheTableReadAhead holds that the scan begins with the page, and is not made
// again for the stream that follows; and that nobody has it made who may not see the tree.
func TestPageHasTheTableReadAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, treetest.One)
		api := apiOf(t, func(cfg *Config) { cfg.Source = source })
		ask(t, api, "/", from("192.0.2.7:1"))
		ask(t, api, "/", func(r *http.Request) { r.Method = http.MethodHead })
		ask(t, api, "/start.js")
		if synctest.Wait(); source.Scans.Load() != 0 {
			t.Error("a scan for somebody who did not get the page")
		}
		ask(t, api, "/")
		if synctest.Wait(); source.Scans.Load() != 1 {
			t.Errorf("%d scans with the page, want 1", source.Scans.Load())
		}
		time.Sleep(time.Second / 2)
		conn, _ := onPipes(t, api).dial(t, "?interval=1&layout=columns")
		read(t, conn)
		ask(t, api, "/")
		if synctest.Wait(); source.Scans.Load() != 1 {
			t.Errorf("%d scans with page and stream, want 1", source.Scans.Load())
		}
	})
}

func TestCloseEndsReadingAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Source = treetest.Fixed{} })
		ask(t, api, "/")
		started := time.Now()
		if err := api.Close(t.Context()); err != nil || time.Since(started) > 0 {
			t.Errorf("closed after %s: %v", time.Since(started), err)
		}
	})
}

package treeapi

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"testing"

	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

// finding is a Detailer that knows who has what open.
type finding struct {
	inFull
	held []process.Held
	err  error
}

func (f *finding) Find(_ context.Context, ids []process.ID, things []process.Held) (*process.Holders, error) {
	f.held = things
	found := &process.Holders{By: make(map[process.ID]uint32), Unread: 3}
	for _, id := range ids {
		if id.PID == 31 {
			found.By[id] = 1<<len(things) - 1
		}
	}
	return found, f.err
}

// TestSearchByPortAndFile holds that what is looked up selects processes like any other condition,
// and that nobody but an operator learns of it.
func TestSearchByPortAndFile(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	finder := &finding{}
	api := apiOf(t, func(cfg *Config) { cfg.Detailer = finder })
	got := Data(t, ask(t, api, "/api/v1/processes?q=port:443+file:/var/log/x"), schemas, "ProcessesAnswer")
	if list := got["processes"].([]any); len(list) != 1 || list[0].(map[string]any)["pid"] != 31.0 || got["unread"] != 3.0 {
		t.Errorf("found %v", got)
	}
	if len(finder.held) != 2 || finder.held[0].Port != 443 || finder.held[1].File != "/var/log/x" {
		t.Errorf("looked for %+v", finder.held)
	}
	all := Data(t, ask(t, api, "/api/v1/processes"), schemas, "ProcessesAnswer")
	others := Data(t, ask(t, api, "/api/v1/processes?q=!port:443"), schemas, "ProcessesAnswer")
	if others["matched"].(float64) != all["matched"].(float64)-1 || all["unread"] != nil {
		t.Errorf("without port 443 there are %v of %v", others["matched"], all["matched"])
	}
	finder.err = errors.New("an earlier search hangs")
	if answer := ask(t, api, "/api/v1/processes?q=port:1"); answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a failure is answered with %d %s", answer.StatusCode, answer.Body)
	}
	unable := apiOf(t, func(cfg *Config) { cfg.Detailer = inFull{} })
	if answer := ask(t, unable, "/api/v1/tree?q=port:1"); answer.StatusCode != http.StatusBadRequest || !bytes.Contains(answer.Body, []byte("on Linux only")) {
		t.Errorf("where nothing can be found: %d %s", answer.StatusCode, answer.Body)
	}
}

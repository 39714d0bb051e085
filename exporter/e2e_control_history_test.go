//go:build linux

package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestAttemptsAreRecorded: what was tried is in the recording, also after a restart.
func TestAttemptsAreRecorded(t *testing.T) {
	dir := t.TempDir()
	h := startControlHost(t, 1, "--history.dir="+dir, "--history.interval=1s", "--history.min-free=0%")
	began := time.Now()
	for id, status := range map[string]int{h.victim: http.StatusAccepted, h.bystander: http.StatusForbidden} {
		if got := h.post(id, term, bearer(h.controllers[0])...); got.status != status {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	want := []string{"done " + h.victim + " victim by controller-0", "forbidden " + h.bystander + " bystander by controller-0"}
	if got := h.attempts(began); !slices.Equal(got, want) {
		t.Errorf("attempts %q, want %q", got, want)
	}
	tables, _ := h.samples().value("proctree_history_frames_written_total")
	h.eventually("two more tables", func() bool {
		n, _ := h.samples().value("proctree_history_frames_written_total")
		return n >= tables+2
	})
	if status := h.stop(syscall.SIGTERM); status != 0 {
		t.Errorf("exit status %d", status)
	}
	// Another run knows of them only what is recorded.
	h.server = start(t, "--history.dir="+dir, "--history.min-free=0%", "--api.token-file="+h.tokens)
	h.eventually("the recorded attempts", func() bool { return slices.Equal(h.attempts(began), want) })
}

// attempts returns the attempts since a moment, sorted.
func (h *controlHost) attempts(since time.Time) (list []string) {
	h.tb.Helper()
	query := "kind=control&from=" + since.Add(-time.Second).UTC().Format(time.RFC3339)
	status, body := h.do(http.MethodGet, "/api/v1/events?"+query, bearer(h.operator)...)
	var answer struct {
		Data struct {
			Events []struct{ ID, Name, Result, Who string }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
		h.tb.Fatalf("%d %s: %v", status, body, err)
	}
	for _, e := range answer.Data.Events {
		list = append(list, strings.Join([]string{e.Result, e.ID, e.Name, "by", e.Who}, " "))
	}
	slices.Sort(list)
	return list
}

//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"syscall"
	"testing"

	"github.com/coder/websocket"
)

// streamed is what this test looks at in a message of the stream.
type streamed struct {
	Type             string
	Processes, Added []struct {
		ID, Name string
	}
	Removed []string
}

// TestStream follows the real process table: a process comes, goes, and the exporter ends
// the stream when it stops.
func TestStream(t *testing.T) {
	s := start(t, "--api.max-streams=1")
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	//nolint:bodyclose // Dial has closed the body, and documents it.
	conn, _, err := websocket.Dial(ctx, s.url+"/api/v1/stream?interval=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 28)
	next := func() (m streamed) {
		t.Helper()
		_, data, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	if m := next(); m.Type != "full" || len(m.Processes) == 0 {
		t.Fatalf("the first message is %s with %d processes", m.Type, len(m.Processes))
	}
	status, body := s.do(http.MethodGet, "/api/v1/stream", "Connection", "Upgrade", "Upgrade", "websocket",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==")
	if status != http.StatusServiceUnavailable {
		t.Errorf("a stream too many: %d %s", status, body)
	}

	const name = "stream-sleeper"
	cmd := spawn(t, sleeper(t, name), "600")
	var id string
	for id == "" {
		for _, p := range next().Added {
			if p.Name == name {
				id = p.ID
			}
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for !slices.Contains(next().Removed, id) {
		continue
	}

	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for err = nil; err == nil; {
		_, _, err = conn.Read(ctx)
	}
	ended, ok := errors.AsType[websocket.CloseError](err)
	if !ok || ended.Code != websocket.StatusGoingAway {
		t.Errorf("the stream ended with %v, want a farewell", err)
	}
	<-s.done
	if s.err != nil {
		t.Errorf("the exporter ended with %v", s.err)
	}
}

//go:build linux

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// TestStreamReaders reads streams of a server that cuts the third one off after a while.
func TestStreamReaders(t *testing.T) {
	opened := make(chan struct{}, 3)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = conn.CloseNow() }()
		opened <- struct{}{}
		for size := range 3 {
			if conn.Write(r.Context(), websocket.MessageText, []byte(strings.Repeat("x", 100*(size+1)))) != nil {
				return
			}
		}
		if len(opened) == 3 {
			_ = conn.Close(websocket.StatusTryAgainLater, "too slow")
			return
		}
		<-conn.CloseRead(r.Context()).Done()
	}))
	defer web.Close()
	readers, err := (&server{base: web.URL}).openStreams(t.Context(), 2, "")
	if err != nil {
		t.Fatal(err)
	}
	size := 0.0
	for deadline := time.Now().Add(10 * time.Second); size != 250 && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if size, err = readers.difference(); err != nil {
			t.Fatal(err)
		}
	}
	if size != 250 {
		t.Errorf("median of the second and third messages: %v bytes, want 250", size)
	}
	readers.close()
	if _, err := readers.difference(); err != nil {
		t.Errorf("streams that we closed: %v", err)
	}

	readers, err = (&server{base: web.URL}).openStreams(t.Context(), 1, "")
	if err != nil {
		t.Fatal(err)
	}
	defer readers.close()
	for deadline := time.Now().Add(10 * time.Second); err == nil && time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		_, err = readers.difference()
	}
	if err == nil || !strings.Contains(fmt.Sprint(err), "too slow") {
		t.Errorf("a stream that was cut off: %v, want its reason", err)
	}
}

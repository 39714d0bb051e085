package control

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/group"
	"proctree/tree-api/access"
)

// sink keeps the events.
type sink struct {
	mu     sync.Mutex
	events []Event
}

func (s *sink) ControlAction(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = append(s.events, e)
}

// of returns the events of a caller, and for how many attempts they stand.
func (s *sink) of(who string) (list []Event, attempts uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Who == who {
			list = append(list, e)
			attempts += max(1, e.Count)
		}
	}
	return list, attempts
}

// desk is a Control with a viewer and a controller, of whose attempts all is kept.
type desk struct {
	*Control

	events             sink
	log                bytes.Buffer
	viewer, controller string
	handler            http.Handler
}

// newDesk puts in front, if it is not nil, before the calls that act.
func newDesk(tb testing.TB, front func(http.Handler) http.Handler) *desk {
	tb.Helper()
	d := &desk{}
	var entries string
	token := func(name string, role access.Role) string {
		secret, entry, err := access.NewToken(name, role)
		if err != nil {
			tb.Fatal(err)
		}
		entries += entry
		return secret
	}
	d.viewer, d.controller = token("vic", access.Viewer), token("con", access.Controller)
	tokens, err := access.ParseTokens([]byte("tokens:\n" + entries))
	if err != nil {
		tb.Fatal(err)
	}
	who, err := access.New(access.Config{Policy: func() access.Policy { return access.Policy{Tokens: tokens} }})
	if err != nil {
		tb.Fatal(err)
	}
	d.Control = New(Config{
		Actor: &acts{}, Signals: []string{"TERM"}, Rules: func() *Rules { return nil }, Access: who, Timeout: time.Second,
		Report: func(context.Context) (*group.Report, error) { return nil, errors.New("no table") },
		Logger: log.NewLogfmtLogger(log.NewSyncWriter(&d.log)), Sinks: []Sink{&d.events},
	})
	mux := http.NewServeMux()
	for path, handler := range d.Handlers() {
		mux.Handle(path, handler)
	}
	if d.handler = mux; front != nil {
		d.handler = front(mux)
	}
	// Two observers, as with two sockets of systemd, count an attempt once.
	d.handler = d.Observe(d.Observe(d.handler))
	return d
}

// send makes a request for one of the calls, with pairs of headers, and returns the status.
func (d *desk) send(tb testing.TB, method, path, body string, headers ...string) int {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), method, path, strings.NewReader(body))
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:7"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Code
}

func (d *desk) counted() (sum uint64) {
	for _, action := range Actions() {
		for _, result := range Results() {
			sum += d.Count(action, result)
		}
	}
	return sum
}

// TestEachAttemptIsRecordedOnce with who made it and what was asked for, as far as the request says
// so, however early it is refused.
func TestEachAttemptIsRecordedOnce(t *testing.T) {
	const signal, priority = "/api/v1/processes/10-1/signal", "/api/v1/processes/10-1/priority"
	const term = `{"signal":"TERM"}`
	answers := func(status int) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		}
	}
	for _, test := range []struct {
		name, method, path, body string
		front                    func(http.Handler) http.Handler
		// as is whose token is sent.
		as      string
		headers []string
		// who, action and result are recorded; no result is no record.
		who, action, result string
	}{
		{name: "no token", who: "", action: "signal", result: "unauthorized"},
		{name: "no token", path: priority, body: `{"nice":1}`, action: "priority", result: "unauthorized"},
		{name: "a viewer", as: "vic", who: "vic", action: "signal", result: "forbidden"},
		{name: "a page of another site", as: "con", headers: []string{"Origin", "https://evil.example"}, who: "con", action: "signal", result: "forbidden"},
		{name: "a page of another site", path: priority, as: "vic", headers: []string{"Sec-Fetch-Site", "cross-site"}, who: "vic", action: "priority", result: "forbidden"},
		{name: "two origins", as: "con", headers: []string{"Origin", "a", "Origin", "b"}, who: "con", action: "signal", result: "bad_request"},
		{name: "two tokens", as: "con", headers: []string{"Authorization", "Bearer x"}, who: "", action: "signal", result: "bad_request"},
		{name: "two types of content", as: "con", headers: []string{"Content-Type", "a"}, who: "con", action: "signal", result: "bad_request"},
		{name: "a body that is none", as: "con", body: "TERM", who: "con", action: "signal", result: "bad_request"},
		{name: "an unknown signal", as: "con", body: `{"signal":"SEGV"}`, who: "con", action: "signal", result: "failed"},
		{name: "too many ids", as: "con", body: `{"signal":"CONT","descendants":true,"ids":[` + strings.Repeat(`"2-1",`, maxSeen) + `"2-1"]}`, who: "con", action: "CONT", result: "bad_request"},
		{name: "too many ids, and an unknown signal", as: "con", body: `{"signal":"SEGV","descendants":true,"ids":[` + strings.Repeat(`"2-1",`, maxSeen) + `"2-1"]}`, who: "con", action: "signal", result: "bad_request"},
		{name: "an id that is none, in the list", as: "con", body: `{"signal":"KILL","descendants":true,"ids":["2"]}`, who: "con", action: "KILL", result: "bad_request"},
		{name: "two actions", as: "con", body: `{"signal":"KILL","nice":1}`, who: "con", action: "KILL", result: "bad_request"},
		{name: "a signal", as: "con", who: "con", action: "TERM", result: "failed"},
		{name: "GET", method: http.MethodGet, as: "vic", who: "vic", action: "signal", result: "bad_request"},
		{name: "OPTIONS", method: http.MethodOptions, path: priority, action: "priority", result: "bad_request"},
		{name: "a method of no use", method: strings.Repeat("A", 9000), action: "signal", result: "bad_request"},
		{name: "an id that is none", path: "/api/v1/processes/1%2F2/signal", action: "signal", result: "unauthorized"},
		{name: "a wrong password", front: answers(http.StatusUnauthorized), headers: []string{"Authorization", "Basic YW5uOng="}, action: "signal", result: "unauthorized"},
		{name: "a wrong password", path: priority, front: answers(http.StatusUnauthorized), action: "priority", result: "unauthorized"},
		{name: "a limit in front", front: answers(http.StatusTooManyRequests), action: "signal", result: "too_many_requests"},
		{name: "a closed door in front", front: answers(http.StatusForbidden), action: "signal", result: "forbidden"},
		{name: "a fault in front", front: answers(http.StatusInternalServerError), action: "signal", result: "failed"},
		{name: "another way to write the address", path: "/api/v1/processes/10-1/./signal"},
		{name: "a redirection", front: answers(http.StatusTemporaryRedirect)},
		{name: "another call", path: "/api/v1/processes/10-1/history", front: answers(http.StatusUnauthorized)},
		{name: "the list of what may be done", method: http.MethodGet, path: "/api/v1/control"},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(t, test.front)
			method, path, body := cmp.Or(test.method, http.MethodPost), cmp.Or(test.path, signal), cmp.Or(test.body, term)
			if test.as != "" {
				secret := map[string]string{"vic": d.viewer, "con": d.controller}[test.as]
				test.headers = append([]string{"Authorization", "Bearer " + secret}, test.headers...)
			}
			status := d.send(t, method, path, body, test.headers...)
			if test.result == "" {
				if len(d.events.events) > 0 || d.counted() > 0 || strings.Contains(d.log.String(), "msg=control") {
					t.Errorf("%d, recorded %+v, log %s", status, d.events.events, &d.log)
				}
				return
			}
			if len(d.events.events) != 1 || d.counted() != 1 || d.Count(test.action, test.result) != 1 {
				t.Fatalf("%d, recorded %+v, counted %d, of them %d as %s %s", status, d.events.events, d.counted(), d.Count(test.action, test.result), test.action, test.result)
			}
			e := d.events.events[0]
			wantTarget := "10-1"
			if strings.Contains(path, "%") {
				wantTarget = ""
			}
			if e.Who != test.who || e.Action != test.action || e.Result != test.result || e.Target != wantTarget || e.From != "127.0.0.1:7" || e.Reason == "" {
				t.Errorf("recorded %+v", e)
			}
			line := fmt.Sprintf("msg=control who=%s from=127.0.0.1:7 action=%s target=%s name= group= result=%s", test.who, test.action, wantTarget, test.result)
			if text := d.log.String(); strings.Count(text, "msg=control ") != 1 || !strings.Contains(text, line) || len(text) > 2000 {
				t.Errorf("the log has %.3000s, want %s", text, line)
			}
			for _, secret := range []string{d.viewer, d.controller, "YW5uOng", "ann"} {
				if strings.Contains(d.log.String()+fmt.Sprint(d.events.events), secret) {
					t.Errorf("the log or the event has %s", secret)
				}
			}
		})
	}
}

// TestRefusedAttemptsAreBounded: a caller without rights cannot fill the log, displace what happened to
// processes, or hide the attempts of others; the counter has each attempt, and what was left out is
// written without another attempt.
func TestRefusedAttemptsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, nil)
		const path, many = "/api/v1/processes/10-1/signal", 5000
		attempt := func(secret string) {
			d.send(t, http.MethodPost, path, `{"signal":"TERM"}`, "Authorization", "Bearer "+secret, "Origin", "https://evil.example")
		}
		for range many {
			attempt("")
		}
		for range 3 {
			attempt(d.viewer)
			attempt(d.controller)
		}
		if got := d.counted(); got != many+6 {
			t.Errorf("%d attempts are counted, want %d", got, many+6)
		}
		for _, who := range []string{"vic", "con"} {
			if list, attempts := d.events.of(who); len(list) != 3 || attempts != 3 {
				t.Errorf("%s has %d events for %d attempts", who, len(list), attempts)
			}
		}
		if list, _ := d.events.of(""); len(list) != refusedBurst {
			t.Errorf("%d events of callers without a token, want %d", len(list), refusedBurst)
		}
		// Nobody tries anything else, or asks.
		time.Sleep(sumAfter + time.Millisecond)
		synctest.Wait()
		if list, attempts := d.events.of(""); len(list) != refusedBurst+1 || attempts != many {
			t.Errorf("later %d events for %d attempts, want %d for %d", len(list), attempts, refusedBurst+1, many)
		}
		if lines := strings.Count(d.log.String(), "msg=control "); lines != refusedBurst+7 || !strings.Contains(d.log.String(), fmt.Sprint("result=refused attempts=", many-refusedBurst)) {
			t.Errorf("%d log lines", lines)
		}
		// The bound of a viewer is the viewer's own.
		for range many {
			attempt(d.viewer)
		}
		attempt(d.controller)
		d.Close()
		if list, attempts := d.events.of("vic"); attempts != many+3 || len(list) != 3+refusedBurst+1 || list[len(list)-1].Count != many-refusedBurst {
			t.Errorf("a viewer has %d events for %d attempts", len(list), attempts)
		}
		if list, attempts := d.events.of("con"); len(list) != 4 || attempts != 4 {
			t.Errorf("the controller has %d events for %d attempts", len(list), attempts)
		}
		// Callers are forgotten.
		time.Sleep(time.Minute)
		d.Close()
		if n := len(d.recorder.refused); n != 0 || d.recorder.timer != nil {
			t.Errorf("%d callers are remembered, timer %v", n, d.recorder.timer)
		}
	})
}

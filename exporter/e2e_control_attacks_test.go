//go:build linux

package main

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// attack is something that is tried against the calls that act on processes. The document
// lists all of them.
type attack struct {
	tried string
	// status is the answer, and reason the beginning of its error.
	status int
	reason string
	// try makes the attempt as a controller whom nobody else is.
	try func(h *controlHost, secret string) reply
}

// term is the request of most attempts.
const term = `{"signal":"TERM"}`

// attacks is the table of the document. None of the processes may be touched by them.
var attacks = []attack{
	{"no token", 401, "a token is needed", func(h *controlHost, _ string) reply {
		return h.post(h.victim, term)
	}},
	{"a wrong token", 401, "the token is not known", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, bearer(secret+"x")...)
	}},
	{"the token of a viewer", 403, "role:", func(h *controlHost, _ string) reply {
		return h.post(h.victim, term, bearer(h.viewer)...)
	}},
	{"the token of an operator", 403, "role:", func(h *controlHost, _ string) reply {
		return h.post(h.victim, term, bearer(h.operator)...)
	}},
	{"a page of another site, with the token of a controller", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", "https://evil.example")...)
	}},
	{"a page of an origin of `--api.allowed-origin`, such as Grafana", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", "https://grafana.example")...)
	}},
	{"a request of another site without `Origin`", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Sec-Fetch-Site", "cross-site")...)
	}},
	{"a foreign name that points to this host (DNS rebinding)", 403, "host:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Host", "evil.example", "Origin", "http://evil.example")...)
	}},
	{"the cookie of a controller's session without a CSRF token", 403, "csrf:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, h.login(secret)...)
	}},
	{"a CSRF token of another session", 403, "csrf:", func(h *controlHost, secret string) reply {
		token := h.csrf(h.login(secret))
		return h.post(h.victim, term, append(h.login(secret), "X-CSRF-Token", token)...)
	}},
	{"the same request again (replay)", 403, "csrf:", func(h *controlHost, secret string) reply {
		session := h.login(secret)
		session = append(session, "X-CSRF-Token", h.csrf(session))
		if first := h.post(h.gone, term, session...); first.status != http.StatusNotFound {
			h.tb.Errorf("the first of the two: %+v", first)
		}
		return h.post(h.victim, term, session...)
	}},
	{"a form, as a page of another site can send one", 415, "content type:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Content-Type", "text/plain")...)
	}},
	{"a body of more than 64 KiB", 413, "the body is larger", func(h *controlHost, secret string) reply {
		return h.post(h.victim, `{"signal":"`+strings.Repeat("T", 70_000)+`"}`, bearer(secret)...)
	}},
	{"a body with more than the call takes", 400, "the body", func(h *controlHost, secret string) reply {
		return h.post(h.victim, `{"signal":"TERM","pid":1}`, bearer(secret)...)
	}},
	{"a PID without its start time", 400, "path:", func(h *controlHost, secret string) reply {
		return h.post(strconv.Itoa(os.Getpid()), term, bearer(secret)...)
	}},
	{"an unknown signal", 400, "signal", func(h *controlHost, secret string) reply {
		return h.post(h.victim, `{"signal":"SEGV"}`, bearer(secret)...)
	}},
	{"a signal that `control.signals` does not list", 403, "control.signals:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, `{"signal":"USR2"}`, bearer(secret)...)
	}},
	{"`GET` in place of `POST`", 405, "method GET", func(h *controlHost, secret string) reply {
		return h.send(http.MethodGet, h.victim, "signal", "", bearer(secret)...)
	}},
	{"PID 1", 403, "pid 1:", func(h *controlHost, secret string) reply {
		return h.post(h.idOf(1), term, bearer(secret)...)
	}},
	{"the exporter itself", 403, "exporter:", func(h *controlHost, secret string) reply {
		return h.post(h.idOf(h.cmd.Process.Pid), term, bearer(secret)...)
	}},
	{"an ancestor of the exporter", 403, "ancestor:", func(h *controlHost, secret string) reply {
		return h.post(h.idOf(os.Getpid()), term, bearer(secret)...)
	}},
	{"a process that `exclude` matches", 404, "there is no process", func(h *controlHost, secret string) reply {
		return h.post(h.excluded, term, bearer(secret)...)
	}},
	{"a process that `control.allow` does not match", 403, "control.allow:", func(h *controlHost, secret string) reply {
		return h.post(h.bystander, term, bearer(secret)...)
	}},
	{"a process that has ended", 404, "there is no process", func(h *controlHost, secret string) reply {
		return h.post(h.gone, term, bearer(secret)...)
	}},
	{"a PID that belongs to another process by now", 409, "process ", func(h *controlHost, secret string) reply {
		pid, _, _ := strings.Cut(h.victim, "-")
		return h.post(pid+"-1", term, bearer(secret)...)
	}},
	{"a process that is allowed, with a child that is not", 403, "control.allow:", func(h *controlHost, secret string) reply {
		return h.post(h.parent, fmt.Sprintf(`{"signal":"TERM","descendants":true,"ids":[%q]}`, h.child), bearer(secret)...)
	}},
	{"100 requests at once; at most 20 of them are let through", 429, "rate:", func(h *controlHost, secret string) reply {
		return h.storm(100, secret)
	}},
	{"a token that was withdrawn", 401, "the token is not known", func(h *controlHost, _ string) reply {
		return h.post(h.victim, term, bearer(h.withdrawn)...)
	}},
}

// storm makes requests at the same time and returns one that was refused. So many more than the
// burst may have been let through as time passed meanwhile, two a second.
func (h *controlHost) storm(requests int, secret string) (refused reply) {
	h.tb.Helper()
	begin := time.Now()
	replies := make(chan reply, requests)
	for range requests {
		go func() { replies <- h.post(h.gone, term, bearer(secret)...) }()
	}
	passed := 0
	for range requests {
		switch got := <-replies; got.status {
		case http.StatusNotFound:
			passed++
		case http.StatusTooManyRequests:
			refused = got
		default:
			h.tb.Errorf("one of %d requests at once: %+v", requests, got)
		}
	}
	if most := 20 + int(2*time.Since(begin).Seconds()) + 1; passed == 0 || passed > most {
		h.tb.Errorf("%d of %d requests at once were let through, want 1 to %d", passed, requests, most)
	}
	return refused
}

// attackTable is the table as the document has it.
func attackTable() string {
	var out strings.Builder
	out.WriteString("| what is tried | answer |\n|---|---|\n")
	for _, a := range attacks {
		fmt.Fprintf(&out, "| %s | %d, `%s …` |\n", a.tried, a.status, strings.TrimSpace(a.reason))
	}
	return out.String()
}

const attacksBegin, attacksEnd = "<!-- BEGIN attacks -->\n", "<!-- END attacks -->"

// TestAttacks tries each row of the table in the document.
func TestAttacks(t *testing.T) {
	const file = "../docs/api.md"
	text := readText(t, file)
	before, rest, ok := strings.Cut(text, attacksBegin)
	_, after, closed := strings.Cut(rest, attacksEnd)
	if !ok || !closed {
		t.Fatalf("%s has no table of attacks", file)
	}
	checkDocument(t, file, before+attacksBegin+attackTable()+attacksEnd+after)

	h := startControlHost(t, len(attacks), "--scan.max-age=0s")
	for i, a := range attacks {
		t.Run(a.tried, func(t *testing.T) {
			got := a.try(h, h.controllers[i])
			if got.status != a.status || !strings.HasPrefix(got.reason, a.reason) {
				t.Errorf("%d %q, want %d %q", got.status, got.reason, a.status, a.reason)
			}
		})
	}
	h.checkUntouched()
	h.checkRecorded()
}

//go:build linux

package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
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
	{"a user name and a password, where only tokens count", 401, "a token is needed", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("controller-0:"+secret)))
	}},
	{"a wrong password of a controller, where `--web.config.file` has users", 401, "Unauthorized", func(h *controlHost, _ string) reply {
		return h.wrongPassword()
	}},
	{"a token in the address", 401, "a token is needed", func(h *controlHost, secret string) reply {
		return h.send(http.MethodPost, h.victim, "signal?token="+secret+"&access_token="+secret, term)
	}},
	{"two tokens in one request", 400, "header:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), bearer(h.viewer)...)...)
	}},
	{"a page of another site, with the token of a controller", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", "https://evil.example")...)
	}},
	{"a page of an origin of `--api.allowed-origin`, such as Grafana", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", "https://grafana.example")...)
	}},
	{"the preflight of such a page", 405, "method OPTIONS", func(h *controlHost, _ string) reply {
		got := h.send(http.MethodOptions, h.victim, "signal", "", "Origin", "https://grafana.example",
			"Access-Control-Request-Method", http.MethodPost, "Access-Control-Request-Headers", "authorization,content-type")
		for name := range got.header {
			if strings.HasPrefix(name, "Access-Control-") {
				h.tb.Errorf("the answer has %s", name)
			}
		}
		return got
	}},
	{"a page on another port of this host", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", "http://127.0.0.1:1")...)
	}},
	{"a page without an origin (`Origin: null`), as in a sandboxed frame", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", "null")...)
	}},
	{"a request of another site without `Origin`", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Sec-Fetch-Site", "cross-site")...)
	}},
	{"a foreign name that points to this host (DNS rebinding)", 403, "host:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Host", "evil.example", "Origin", "http://evil.example")...)
	}},
	{"the same, with headers of a proxy (`X-Forwarded-For`, `X-Real-IP`)", 403, "host:", func(h *controlHost, secret string) reply {
		for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via"} {
			if got := h.post(h.victim, term, append(bearer(secret), "Host", "evil.example", name, "192.0.2.7")...); got.status != http.StatusForbidden {
				h.tb.Errorf("with %s: %+v", name, got)
			}
		}
		return h.post(h.victim, term, append(bearer(secret), "Host", "evil.example", "Origin", "http://evil.example", "X-Real-IP", "192.0.2.7")...)
	}},
	{"a page of the same host by another scheme (`https://`)", 403, "origin:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Origin", strings.Replace(h.url, "http:", "https:", 1))...)
	}},
	{"a page of the address of a proxy (`--web.external-url`) without TLS", 403, "origin:", func(h *controlHost, secret string) reply {
		// The proxy that ends TLS passes on the name; its own pages may act.
		through := append(bearer(secret), "Host", "tree.example", "X-Forwarded-For", "192.0.2.7")
		if got := h.post(h.gone, term, append(through, "Origin", "https://tree.example")...); got.status != http.StatusNotFound {
			h.tb.Errorf("from the page itself: %+v", got)
		}
		return h.post(h.victim, term, append(through, "Origin", "http://tree.example")...)
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
	{"a session that was closed, with a CSRF token from before", 401, "a token is needed", func(h *controlHost, secret string) reply {
		session := h.login(secret)
		session = append(session, "X-CSRF-Token", h.csrf(session))
		h.logout(session)
		return h.post(h.victim, term, session...)
	}},
	{"a form, as a page of another site can send one", 415, "content type:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Content-Type", "text/plain")...)
	}},
	{"a compressed body", 415, "content encoding:", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term, append(bearer(secret), "Content-Encoding", "gzip")...)
	}},
	{"a body of more than 64 KiB", 413, "the body is larger", func(h *controlHost, secret string) reply {
		return h.post(h.victim, `{"signal":"`+strings.Repeat("T", 70_000)+`"}`, bearer(secret)...)
	}},
	{"a body with more than the call takes", 400, "the body", func(h *controlHost, secret string) reply {
		return h.post(h.victim, `{"signal":"TERM","pid":1}`, bearer(secret)...)
	}},
	{"a member twice, or in other case", 400, "the body", func(h *controlHost, secret string) reply {
		if other := h.post(h.victim, `{"SIGNAL":"TERM"}`, bearer(secret)...); other.status != http.StatusBadRequest {
			h.tb.Errorf("in other case: %+v", other)
		}
		return h.post(h.victim, `{"signal":"CONT","signal":"TERM"}`, bearer(secret)...)
	}},
	{"something after the JSON object", 400, "the body", func(h *controlHost, secret string) reply {
		return h.post(h.victim, term+term, bearer(secret)...)
	}},
	{"a PID without its start time", 400, "path:", func(h *controlHost, secret string) reply {
		return h.post(strconv.Itoa(os.Getpid()), term, bearer(secret)...)
	}},
	{"a negative PID, which would be a group of processes", 400, "path:", func(h *controlHost, secret string) reply {
		return h.post("-"+h.victim, term, bearer(secret)...)
	}},
	{"other ways to write an id: `+1-2`, `01-2`, `1-02`, spaces, numbers of more bits", 400, "path:", func(h *controlHost, secret string) reply {
		pid, start, _ := strings.Cut(h.victim, "-")
		var got reply
		for _, id := range []string{"+" + h.victim, "0" + h.victim, pid + "-0" + start, "%20" + h.victim, h.victim + "%00", pid + ".0-" + start, "4294967296-" + start, pid + "-18446744073709551616"} {
			if got = h.post(id, term, bearer(secret)...); got.status != http.StatusBadRequest {
				return got
			}
		}
		return got
	}},
	{"PID 0", 404, "there is no process", func(h *controlHost, secret string) reply {
		return h.post("0-0", term, bearer(secret)...)
	}},
	{"a thread of the exporter", 404, "there is no process", func(h *controlHost, secret string) reply {
		return h.post(h.threadOf(h.cmd.Process.Pid), term, bearer(secret)...)
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
	{"`GET` with a header that says `POST`", 405, "method GET", func(h *controlHost, secret string) reply {
		return h.send(http.MethodGet, h.victim, "signal", term, append(bearer(secret), "X-HTTP-Method-Override", http.MethodPost)...)
	}},
	{"a priority out of range", 400, "nice", func(h *controlHost, secret string) reply {
		if below := h.send(http.MethodPost, h.victim, "priority", `{"nice":-21}`, bearer(secret)...); below.status != http.StatusBadRequest {
			h.tb.Errorf("below the range: %+v", below)
		}
		return h.send(http.MethodPost, h.victim, "priority", `{"nice":20}`, bearer(secret)...)
	}},
	{"the priority of a process that `control.allow` does not match", 403, "control.allow:", func(h *controlHost, secret string) reply {
		return h.send(http.MethodPost, h.bystander, "priority", `{"nice":19}`, bearer(secret)...)
	}},
	{"PID 1", 403, "pid 1:", func(h *controlHost, secret string) reply {
		return h.post(h.idOf(1), term, bearer(secret)...)
	}},
	{"a thread of the kernel", 403, "kernel:", func(h *controlHost, secret string) reply {
		// Its parent is PID 0; in a container, PID 2 is something else.
		if stat, err := os.ReadFile("/proc/2/stat"); err != nil || !strings.HasPrefix(string(stat), "2 (kthreadd) ") {
			h.tb.Skip("SKIPPED: no thread of the kernel is visible here")
		}
		return h.post(h.idOf(2), term, bearer(secret)...)
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
	{"a list of descendants that names another process: it is not touched", 202, "changed: process ", func(h *controlHost, secret string) reply {
		// The process itself is allowed, and CONT does nothing to one that is not stopped.
		got := h.post(h.parent, fmt.Sprintf(`{"signal":"CONT","descendants":true,"ids":[%q,%q]}`, h.victim, h.idOf(1)), bearer(secret)...)
		return h.resultOf(got, h.victim)
	}},
	{"a list of descendants with an excluded process: it is not touched", 202, "not_found: there is no process", func(h *controlHost, secret string) reply {
		got := h.post(h.parent, fmt.Sprintf(`{"signal":"CONT","descendants":true,"ids":[%q]}`, h.excluded), bearer(secret)...)
		return h.resultOf(got, h.excluded)
	}},
	{"100 requests at once; at most 20 of them are let through", 429, "rate:", func(h *controlHost, secret string) reply {
		return h.storm(100, secret)
	}},
	{"a token that was withdrawn", 401, "the token is not known", func(h *controlHost, _ string) reply {
		return h.post(h.victim, term, bearer(h.withdrawn)...)
	}},
}

// wrongPassword tries one at another exporter, and makes sure that it is recorded there.
func (h *controlHost) wrongPassword() reply {
	h.tb.Helper()
	t := h.tb
	dir := t.TempDir()
	web, config := filepath.Join(dir, "web.yml"), filepath.Join(dir, "proctree.yml")
	for path, text := range map[string]string{web: secretUsers, config: controlConfig + "  users: [ann]\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0", "--api.enable-control", "--web.config.file="+web, "--config.file="+config)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s := launch(t, cmd)
	status, body := s.do(http.MethodPost, "/api/v1/processes/"+h.victim+"/signal", basic("ann", "wrong")...)
	const counter = `proctree_control_actions_total{action="signal",result="unauthorized"} 1`
	if _, metrics := s.do(http.MethodGet, "/metrics", basic("bob", "secret")...); !strings.Contains(metrics, counter) {
		t.Error("the attempt is not counted")
	}
	line := "action=signal target=" + h.victim + " name= group= result=unauthorized"
	if text := s.log.String(); !strings.Contains(text, "msg=control who= from=127.0.0.1:") || !strings.Contains(text, line) {
		t.Errorf("the log has no %q: %s", line, text)
	}
	return reply{status: status, reason: body}
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

// resultOf returns what an answer says of one process: its result and error.
func (h *controlHost) resultOf(got reply, id string) reply {
	h.tb.Helper()
	var answer struct {
		Data struct {
			Processes []struct{ ID, Result, Error string }
		}
	}
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || got.status != http.StatusAccepted {
		h.tb.Fatalf("%d %s, error %v", got.status, got.body, err)
	}
	for _, process := range answer.Data.Processes {
		if process.ID == id {
			return reply{status: got.status, reason: process.Result + ": " + process.Error}
		}
	}
	h.tb.Fatalf("nothing of %s: %s", id, got.body)
	return reply{}
}

// threadOf returns the id of a thread of a process that is not its first.
func (h *controlHost) threadOf(pid int) string {
	h.tb.Helper()
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if err != nil || len(threads) < 2 {
		h.tb.Fatalf("%d threads, error %v", len(threads), err)
	}
	tid, err := strconv.Atoi(threads[len(threads)-1].Name())
	if err != nil || tid == pid {
		h.tb.Fatalf("thread %d of %d, error %v", tid, pid, err)
	}
	return h.idOf(tid)
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

	h := startControlHost(t, len(attacks), "--scan.max-age=0s", "--web.external-url=https://tree.example")
	for i, a := range attacks {
		t.Run(a.tried, func(t *testing.T) {
			h.tb = t
			got := a.try(h, h.controllers[i])
			if got.status != a.status || !strings.HasPrefix(got.reason, a.reason) {
				t.Errorf("%d %q, want %d %q", got.status, got.reason, a.status, a.reason)
			}
		})
	}
	h.tb = t
	h.checkUntouched()
	h.checkRecorded()
	h.checkEvents()
}

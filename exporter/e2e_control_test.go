//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/tree-api/access"
	"proctree/tree-api/control"
)

// controlConfig lets controllers touch what begins with "victim".
const controlConfig = `
exclude: [{name: secretive}]
control:
  allow: [{group: "victim.*"}]
  signals: [TERM, KILL, STOP, CONT]
`

// controlHost is the real program with processes to act on.
type controlHost struct {
	*server
	// tokens is the token file.
	tokens string
	// controllers are the tokens of as many controllers.
	controllers                 []string
	viewer, operator, withdrawn string
	// The ids of processes: victim, parent and child are below the test; child is not
	// allowed.
	victim, bystander, excluded, parent, child, gone string
}

// startControlHost starts a program for as many controllers.
func startControlHost(t *testing.T, controllers int, args ...string) *controlHost {
	t.Helper()
	dir := t.TempDir()
	tokens, config := filepath.Join(dir, "tokens.yml"), filepath.Join(dir, "proctree.yml")
	h := &controlHost{tokens: tokens}
	entries := "tokens:\n"
	token := func(name string, role access.Role) string {
		secret, entry, err := access.NewToken(name, role)
		if err != nil {
			t.Fatal(err)
		}
		entries += entry
		return secret
	}
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h.viewer, h.operator = token("viewer", access.Viewer), token("operator", access.Operator)
	for i := range controllers {
		h.controllers = append(h.controllers, token(fmt.Sprintf("controller-%d", i), access.Controller))
	}
	remaining := entries
	h.withdrawn = token("withdrawn", access.Controller)
	write(tokens, entries)
	write(config, controlConfig)

	victim := spawn(t, sleeper(t, "victim"), "600").Process.Pid
	bystander := spawn(t, sleeper(t, "bystander"), "600").Process.Pid
	excluded := spawn(t, sleeper(t, "secretive"), "600").Process.Pid
	parent, child := spawnPair(t, "victim-parent")
	h.server = start(t, append([]string{
		"--api.enable-control", "--api.token-file=" + tokens, "--config.file=" + config,
		"--api.allowed-origin=https://grafana.example", "--web.enable-lifecycle",
	}, args...)...)
	if status, _ := h.do(http.MethodGet, "/api/v1/control", bearer(h.withdrawn)...); status != http.StatusOK {
		t.Errorf("a token before it is withdrawn: %d", status)
	}
	write(tokens, remaining)
	if status, body := h.do(http.MethodPost, "/-/reload"); status != http.StatusOK {
		t.Fatalf("reload: %d %s", status, body)
	}
	h.victim, h.bystander, h.excluded = h.idOf(victim), h.idOf(bystander), h.idOf(excluded)
	h.parent, h.child = h.idOf(parent), h.idOf(child)
	h.gone = "4194303-1"
	return h
}

// spawnPair starts a shell under a name, and below it a process of another name.
func spawnPair(t *testing.T, name string) (parent, child int) {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if out, err := exec.Command("cp", "--", shell, path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(path, "-c", sleeper(t, "offspring")+" 600 & echo $!; wait")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	if _, err := fmt.Fscan(out, &child); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid, child
}

// idOf returns the id that the API has for a process, also for an excluded one.
func (h *controlHost) idOf(pid int) string {
	h.tb.Helper()
	stat := readStat(h.tb, pid)
	return strconv.Itoa(pid) + "-" + stat[19]
}

// readStat returns the fields of proc_pid_stat(5) from the third on, the state.
func readStat(tb testing.TB, pid int) []string {
	tb.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		tb.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text[strings.LastIndexByte(string(text), ')'):]), " ")
	return strings.Fields(rest)
}

// reply is what matters of an answer.
type reply struct {
	status int
	// reason is the error, body the whole.
	reason, body string
	header       http.Header
}

func bearer(secret string) []string { return []string{"Authorization", "Bearer " + secret} }

// post sends a signal.
func (h *controlHost) post(id, body string, header ...string) reply {
	h.tb.Helper()
	return h.send(http.MethodPost, id, "signal", body, header...)
}

// send makes a request for one of the calls.
func (h *controlHost) send(method, id, call, body string, header ...string) reply {
	h.tb.Helper()
	r, err := http.NewRequestWithContext(h.tb.Context(), method, h.url+"/api/v1/processes/"+id+"/"+call, strings.NewReader(body))
	if err != nil {
		h.tb.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "Host":
			r.Host = header[i+1]
		case "Content-Type":
			r.Header.Set(header[i], header[i+1])
		default:
			r.Header.Add(header[i], header[i+1])
		}
	}
	response, err := h.client.Do(r)
	if err != nil {
		h.tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		h.tb.Fatal(err)
	}
	var failure struct{ Error string }
	if err := json.Unmarshal(text, &failure); err != nil {
		h.tb.Errorf("%d %s: %v", response.StatusCode, text, err)
	}
	return reply{response.StatusCode, failure.Error, string(text), response.Header}
}

// login opens a session and returns the header with its cookie.
func (h *controlHost) login(secret string) []string {
	h.tb.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.PostForm(h.url+"/login", url.Values{"token": {secret}})
	if err != nil {
		h.tb.Fatal(err)
	}
	_ = response.Body.Close()
	for _, cookie := range response.Cookies() {
		return []string{"Cookie", cookie.Name + "=" + cookie.Value}
	}
	h.tb.Fatalf("login: %d without a cookie", response.StatusCode)
	return nil
}

// logout closes a session.
func (h *controlHost) logout(session []string) {
	h.tb.Helper()
	if status, body := h.do(http.MethodPost, "/logout", session...); status >= http.StatusBadRequest {
		h.tb.Errorf("logout: %d %s", status, body)
	}
}

// csrf returns a new CSRF token of a session.
func (h *controlHost) csrf(session []string) string {
	h.tb.Helper()
	status, body := h.do(http.MethodGet, "/api/v1/control", session...)
	found := regexp.MustCompile(`"csrf_token":"([^"]+)"`).FindStringSubmatch(body)
	if status != http.StatusOK || found == nil {
		h.tb.Fatalf("GET /api/v1/control: %d %s", status, body)
	}
	return found[1]
}

// checkUntouched makes sure that no process has ended or was stopped.
func (h *controlHost) checkUntouched() {
	h.tb.Helper()
	for _, id := range []string{h.victim, h.bystander, h.excluded, h.parent, h.child} {
		text, _, _ := strings.Cut(id, "-")
		pid, err := strconv.Atoi(text)
		if err != nil {
			h.tb.Fatal(err)
		}
		if h.idOf(pid) != id || readStat(h.tb, pid)[0] != "S" {
			h.tb.Errorf("process %s was touched", id)
		}
	}
}

// checkRecorded makes sure that refused attempts are in the log and in the counter, and that
// neither has a secret.
func (h *controlHost) checkRecorded() {
	h.tb.Helper()
	text := h.log.String()
	for _, want := range []string{
		"msg=control who=viewer from=127.0.0.1:", "action=signal target=" + h.victim + " name= group= result=forbidden", "action=TERM target=" + h.bystander + " name=bystander group=bystander result=forbidden",
		"result=unauthorized", "result=changed", "result=too_many_requests", "who=controller-0", "result=bad_request",
	} {
		if want != "who=controller-0" && !strings.Contains(text, want) {
			h.tb.Errorf("the log has no %q", want)
		}
	}
	for _, secret := range append(h.controllers, h.viewer, h.operator, h.withdrawn) {
		if strings.Contains(text, secret) {
			h.tb.Error("the log has a token")
		}
	}
	all := h.samples()
	for result, least := range map[string]float64{"forbidden": 3, "not_found": 2, "changed": 1} {
		if got, ok := all.value("proctree_control_actions_total", "action", "TERM", "result", result); !ok || got < least {
			h.tb.Errorf("the counter of TERM, %s is %v, want at least %v", result, got, least)
		}
	}
	if got, ok := all.value("proctree_control_actions_total", "action", "TERM", "result", "done"); !ok || got != 0 {
		h.tb.Errorf("the counter of TERM, done is %v, known %v; want 0", got, ok)
	}
}

// checkEvents makes sure that each attempt is an event, and that viewers do not learn who made it. Every attempt is counted.
func (h *controlHost) checkEvents() {
	h.tb.Helper()
	counted := 0.0
	all := h.samples()
	for _, action := range control.Actions() {
		for _, result := range control.Results() {
			n, _ := all.value("proctree_control_actions_total", "action", action, "result", result)
			counted += n
		}
	}
	for role, secret := range map[string]string{"operator": h.operator, "viewer": h.viewer} {
		status, body := h.do(http.MethodGet, "/api/v1/events?kind=control&limit=10000", bearer(secret)...)
		var answer struct {
			Data struct {
				Events []struct {
					Kind, ID, Name, Group, Action, Result, Who, From, Error string
					Count                                                   float64
				}
			}
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
			h.tb.Fatalf("events: %d, %v", status, err)
		}
		total, bystander := 0.0, false
		for _, e := range answer.Data.Events {
			total += max(1, e.Count)
			if role == "viewer" && e.Who+e.From+e.Error != "" || e.Name == "" && role == "viewer" && e.ID != "" {
				h.tb.Errorf("a viewer sees %+v", e)
			}
			bystander = bystander || e.ID == h.bystander && e.Action == "TERM" && e.Group == "bystander" && e.Result == "forbidden" &&
				(role == "viewer" || strings.HasPrefix(e.Who, "controller-") && strings.HasPrefix(e.From, "127.0.0.1:") && strings.HasPrefix(e.Error, "control.allow:"))
		}
		if total != counted || !bystander {
			h.tb.Errorf("%s: %v events for %v attempts; the attempt at %s is there: %v", role, total, counted, h.bystander, bystander)
		}
	}
}

// TestControllerEndsAProcess with curl's few headers, and by a session as the page does it.
func TestControllerEndsAProcess(t *testing.T) {
	h := startControlHost(t, 1)
	began := time.Now()
	got := h.post(h.victim, term, bearer(h.controllers[0])...)
	if got.status != http.StatusAccepted || !strings.Contains(got.body, `"result":"done"`) {
		t.Fatalf("%d %s", got.status, got.body)
	}
	h.eventually("the end of the process", func() bool { return h.ended(h.victim) })
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	if again := h.post(h.victim, term, bearer(h.controllers[0])...); again.status != http.StatusNotFound {
		t.Errorf("the same request again: %d %s", again.status, again.body)
	}
	session := h.login(h.controllers[0])
	for call, body := range map[string]string{"signal": `{"signal":"STOP"}`, "priority": `{"nice":7}`} {
		got := h.send(http.MethodPost, h.parent, call, body, append(session, "X-CSRF-Token", h.csrf(session))...)
		if got.status != http.StatusAccepted {
			t.Errorf("%s in a session: %d %s", call, got.status, got.body)
		}
	}
	pid, _ := strconv.Atoi(strings.Split(h.parent, "-")[0])
	h.eventually("the stop and the nice value", func() bool { stat := readStat(t, pid); return stat[0] == "T" && stat[16] == "7" })
	if n, _ := h.samples().value("proctree_control_actions_total", "action", "priority", "result", "done"); n != 1 {
		t.Errorf("the counter of the priority is %v", n)
	}
}

// ended reports whether a process is gone, or a zombie.
func (h *controlHost) ended(id string) bool {
	text, err := os.ReadFile("/proc/" + strings.Split(id, "-")[0] + "/stat")
	return err != nil || strings.Contains(string(text), ") Z ")
}

// TestControlIsOffByDefault, and root on this host is no controller.
func TestControlIsOffByDefault(t *testing.T) {
	h := &controlHost{server: start(t)}
	id := h.idOf(spawn(t, sleeper(t, "victim"), "600").Process.Pid)
	if got := h.post(id, term); got.status != http.StatusForbidden || !strings.HasPrefix(got.reason, "off:") {
		t.Errorf("without the flag: %d %s", got.status, got.body)
	}
	if _, body := h.get("/metrics"); strings.Contains(body, "proctree_control") {
		t.Error("the counter is there without the flag")
	}
	h = &controlHost{server: start(t, "--api.enable-control")}
	if got := h.post(id, term); got.status != http.StatusForbidden || !strings.HasPrefix(got.reason, "role:") {
		t.Errorf("from this host without a token: %d %s", got.status, got.body)
	}
	if _, body := h.get("/api/v1/host"); strings.Contains(body, `"control"`) {
		t.Errorf("the page offers control to nobody's controller: %s", body)
	}
}

// TestActsByWhatAProcessIsNow: a process that has become another program is judged by that one,
// however old the last scan may be.
func TestActsByWhatAProcessIsNow(t *testing.T) {
	h := startControlHost(t, 1, "--scan.max-age=60s")
	next := sleeper(t, "someone-else")
	shell := filepath.Join(t.TempDir(), "victim")
	if out, err := exec.Command("cp", "--", "/bin/sh", shell).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.Command(shell, "-c", `read x; exec "$0" 600`, next)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	spawnCommand(t, cmd)
	id := h.idOf(cmd.Process.Pid)
	// A process that the last scan has not seen can be acted on, too.
	h.eventually("an answer for a process that is a second old", func() bool {
		return h.post(id, `{"signal":"CONT"}`, bearer(h.controllers[0])...).status == http.StatusAccepted
	})
	if _, err := in.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	h.eventually("the other program", func() bool {
		return readComm(t, cmd.Process.Pid) == "someone-else"
	})
	if got := h.post(id, `{"signal":"TERM"}`, bearer(h.controllers[0])...); got.status != http.StatusForbidden || !strings.HasPrefix(got.reason, "control.allow:") {
		t.Errorf("after: %+v", got)
	}
}

// readComm returns the name of a process.
func readComm(t *testing.T, pid int) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

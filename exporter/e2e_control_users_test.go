//go:build linux

package main

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// secretUsers have the password "secret", hashed at the least cost that bcrypt has.
const secretUsers = `
basic_auth_users:
  ann: $2a$04$mvTpf0aMnIabdVadJt/96uXB4I0QCe8PwVzmeOmI/mMzfr1Q4fSKC
  bob: $2a$04$mvTpf0aMnIabdVadJt/96uXB4I0QCe8PwVzmeOmI/mMzfr1Q4fSKC
`

// TestUsersAndCertificates: a user of the server in front acts if control.users has the name and
// the server has checked the password. The certificate of a scraper never does, whatever name it
// has or its owner claims.
func TestUsersAndCertificates(t *testing.T) {
	for _, test := range []struct {
		name, users string
		// annMay tells that ann may act.
		annMay bool
		// warning is what --config.check and the log say of control.users.
		warning string
	}{
		{"a certificate and a password", secretUsers, true, `control.users: "` + program + `" is not among`},
		{"a certificate", "", false, `control.users: "ann" is not among`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			cert := newCertificate(t, dir)
			web, config := filepath.Join(dir, "web.yml"), filepath.Join(dir, "proctree.yml")
			for path, text := range map[string]string{
				web: "tls_server_config: {cert_file: " + cert.certFile + ", key_file: " + cert.keyFile +
					", client_auth_type: RequireAndVerifyClientCert, client_ca_file: " + cert.certFile + "}\n" + test.users,
				config: "control: {allow: [{group: victim}], users: [ann, " + program + "]}\n",
			} {
				if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			args := []string{"--api.enable-control", "--web.config.file=" + web, "--config.file=" + config, "--scan.max-age=0s"}
			if status, out, _ := runToEnd(t, append(args, "--config.check")...); status != 0 || !strings.Contains(out, test.warning) {
				t.Errorf("--config.check: exit status %d, %q, want %q", status, out, test.warning)
			}
			h := &controlHost{server: startTLS(t, cert, args...)}
			id := h.idOf(spawn(t, sleeper(t, "victim"), "600").Process.Pid)
			// The certificate has the name of a user who may act.
			h.refused("with the certificate alone", id)
			for _, user := range []string{"ann", "bob", program} {
				if user != "ann" || !test.annMay {
					h.refused(user, id, basic(user, "secret")...)
				}
			}
			h.refused("ann with a wrong password", id, basic("ann", "wrong")...)
			h.checkNames(id, test.annMay)
			if test.annMay {
				h.actsAs(id, basic("ann", "secret"))
				h.checkUsersTakenOut(web, test.users)
			}
		})
	}
}

// startTLS starts a server that wants a client certificate, and gives it one in each request.
func startTLS(t *testing.T, cert certificate, args ...string) *server {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert.certFile, cert.keyFile)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary(t), append([]string{"--web.listen-address=127.0.0.1:0"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s := launch(t, cmd)
	s.url = strings.Replace(s.url, "http:", "https:", 1)
	s.client = http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{pair}}}}
	t.Cleanup(s.client.CloseIdleConnections)
	s.eventually("readiness", func() bool {
		status, _ := s.get("/-/ready")
		return status == http.StatusOK || status == http.StatusUnauthorized
	})
	return s
}

func basic(user, password string) []string {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth(user, password)
	return []string{"Authorization", r.Header.Get("Authorization")}
}

// refused makes sure that a caller may not act, and gets no CSRF token either.
func (h *controlHost) refused(who, id string, header ...string) {
	h.tb.Helper()
	for call, status := range map[string]int{"signal": h.status(http.MethodPost, "/api/v1/processes/"+id+"/signal", header...), "token": h.status(http.MethodGet, "/api/v1/control", header...)} {
		if status != http.StatusForbidden && status != http.StatusUnauthorized {
			h.tb.Errorf("%s, %s: status %d", who, call, status)
		}
	}
	if h.ended(id) {
		h.tb.Errorf("%s: the process has ended", who)
	}
}

// checkUsersTakenOut makes sure that the passwords that were accepted last count until the next
// reload, whatever the file says meanwhile, and that a name is nobody's after that.
func (h *controlHost) checkUsersTakenOut(web, users string) {
	h.tb.Helper()
	text := readText(h.tb, web)
	if err := os.WriteFile(web, []byte(strings.Replace(text, users, "", 1)), 0o600); err != nil {
		h.tb.Fatal(err)
	}
	before := strings.Count(h.log.String(), "who=bob")
	h.checkRefused("before the reload", "1-1", http.StatusUnauthorized, `result=unauthorized reason="refused in front: Unauthorized"`)
	if got := h.status(http.MethodGet, "/api/v1/control", basic("ann", "secret")...); got != http.StatusOK {
		h.tb.Errorf("ann, before the reload: status %d", got)
	}
	if err := h.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		h.tb.Fatal(err)
	}
	h.eventually("a reload", func() bool { return strings.Contains(h.log.String(), `msg="configuration reloaded"`) })
	h.checkRefused("without users", "1-2", http.StatusForbidden, "result=forbidden")
	if strings.Count(h.log.String(), "who=bob") != before {
		h.tb.Errorf("an attempt was recorded by a name that nobody verified: %s", h.log.String())
	}
}

// checkRefused makes sure that bob with a wrong password is refused, and that the attempt was recorded.
func (h *controlHost) checkRefused(when, id string, want int, record string) {
	h.tb.Helper()
	for path, method := range map[string]string{"/api/v1/processes/" + id + "/signal": http.MethodPost, "/api/v1/control": http.MethodGet} {
		if got := h.status(method, path, basic("bob", "wrong")...); got != want {
			h.tb.Errorf("%s %s, %s: status %d, want %d", method, path, when, got, want)
		}
	}
	line := "action=signal target=" + id + " name= group= " + record
	h.eventually(when+": "+line, func() bool { return strings.Contains(h.log.String(), line) })
}

// checkNames makes sure that each attempt was recorded, also the ones that the server in front
// refused, and that the names in the records were verified: passwords tells by what.
func (h *controlHost) checkNames(id string, passwords bool) {
	h.tb.Helper()
	verified, quote, refused, result := "CN="+program, `"`, 5, "forbidden"
	if passwords {
		// Nobody, a user who is not there, and a wrong password; bob has a password, but no role.
		verified, quote, refused, result = "bob", "", 3, "unauthorized"
	}
	counter := fmt.Sprintf(`proctree_control_actions_total{action="signal",result=%q} %d`, result, refused)
	if status, body := h.do(http.MethodGet, "/metrics", basic("bob", "secret")...); status != http.StatusOK || !strings.Contains(body, counter) {
		h.tb.Errorf("the metrics, %d, have no %s", status, counter)
	}
	for _, want := range []string{"who=" + quote + verified + quote + " from=127.0.0.1:", "action=signal target=" + id + " name= group= result=" + result} {
		h.eventually(want, func() bool { return strings.Contains(h.log.String(), want) })
	}
	// Each refused attempt is counted before it is logged.
	h.eventually("a line for each attempt", func() bool { return strings.Count(h.log.String(), "result="+result) >= refused })
	text := h.log.String()
	for _, name := range []string{"who=ann", "who=" + program, `"wrong`} {
		if strings.Contains(text, name) {
			h.tb.Errorf("the log has %q, which nobody verified", name)
		}
	}
	status, body := h.do(http.MethodGet, "/api/v1/events?kind=control", basic("bob", "secret")...)
	if n := strings.Count(body, `"kind":"control"`); status != http.StatusOK || n != strings.Count(text, "msg=control ") || !strings.Contains(body, `"who":"`+verified+`"`) {
		h.tb.Errorf("%d events for %d lines: %d %s", n, strings.Count(text, "msg=control "), status, body)
	}
}

func (h *controlHost) status(method, path string, header ...string) int {
	h.tb.Helper()
	status, _ := h.do(method, path, header...)
	return status
}

// actsAs ends a process as a user whose password a browser would send by itself.
func (h *controlHost) actsAs(id string, user []string) {
	h.tb.Helper()
	if got := h.post(id, term, user...); got.status != http.StatusForbidden || !strings.HasPrefix(got.reason, "csrf:") {
		h.tb.Errorf("without a CSRF token: %d %s", got.status, got.reason)
	}
	if got := h.post(id, term, append(user, "X-CSRF-Token", h.csrf(user))...); got.status != http.StatusAccepted {
		h.tb.Errorf("%d %s", got.status, got.body)
	}
	h.eventually("the end of the process", func() bool { return h.ended(id) })
	if text := h.log.String(); !strings.Contains(text, "who=ann") || strings.Contains(text, "secret") {
		h.tb.Errorf("the log does not name the user, or has the password: %s", text)
	}
}

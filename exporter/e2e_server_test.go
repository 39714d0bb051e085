//go:build linux

package main

import (
	"context"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// patience bounds every wait of the end-to-end tests; it is reached only on failure.
const patience = 20 * time.Second

// binary returns the path of the program, built from the sources beside this test.
func binary(tb testing.TB) string {
	tb.Helper()
	path, err := buildBinary()
	if err != nil {
		tb.Fatal(err)
	}
	return path
}

// server is the real program, running.
type server struct {
	tb  testing.TB
	cmd *exec.Cmd
	// url is where it listens, without a path.
	url string
	// client makes the requests; its zero value will do.
	client http.Client
	log    *lines
	done   chan struct{}
	err    error
}

// start runs the program on a free port of loopback and waits until it is ready. It is
// killed at the end of the test.
func start(tb testing.TB, args ...string) *server {
	tb.Helper()
	return startAs(tb, nil, args...)
}

// startAs is start under other credentials.
func startAs(tb testing.TB, credential *syscall.Credential, args ...string) *server {
	tb.Helper()
	cmd := exec.Command(binary(tb), append([]string{"--web.listen-address=127.0.0.1:0"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Pdeathsig: syscall.SIGKILL}
	return startCommand(tb, cmd)
}

// startCommand starts a command that is the program and waits until it is ready.
func startCommand(tb testing.TB, cmd *exec.Cmd) *server {
	tb.Helper()
	s := launch(tb, cmd)
	s.eventually("readiness", func() bool {
		status, _ := s.get("/-/ready")
		return status == http.StatusOK || status == http.StatusUnauthorized
	})
	return s
}

// launch starts a command that is the program and waits until it listens.
func launch(tb testing.TB, cmd *exec.Cmd) *server {
	tb.Helper()
	s := &server{tb: tb, cmd: cmd, log: newLines(), done: make(chan struct{})}
	s.cmd.Stderr = s.log
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.done)
	}()
	tb.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.done
		if tb.Failed() {
			tb.Logf("what %v said:\n%s", cmd.Args, s.log)
		}
	})
	address := s.log.await(tb, regexp.MustCompile(`msg="Listening on" address=(\S+)`))
	s.url = "http://" + address
	return s
}

// get returns the status and body of an answer.
func (s *server) get(path string) (int, string) {
	s.tb.Helper()
	return s.do(http.MethodGet, path)
}

// do is get by another method, with headers that are names and values in turn.
func (s *server) do(method, path string, header ...string) (int, string) {
	s.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, s.url+path, http.NoBody)
	if err != nil {
		s.tb.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host // A client takes it from here.
	}
	response, err := s.client.Do(r)
	if err != nil {
		s.tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.tb.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// samples scrapes, after the age at which a new scan is made.
func (s *server) samples() samples {
	s.tb.Helper()
	status, body := s.get("/metrics")
	if status != http.StatusOK {
		s.tb.Fatalf("/metrics: %d: %s", status, body)
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		s.tb.Fatal(err)
	}
	return families
}

// eventually waits until a condition holds.
func (s *server) eventually(what string, condition func() bool) {
	s.tb.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if condition() {
			return
		}
		select {
		case <-s.done:
			s.tb.Fatalf("%s has ended (%v) while the test waited for %s", program, s.err, what)
		default:
		}
	}
	s.tb.Fatalf("no %s within %v", what, patience)
}

// stop sends a signal and returns the exit status.
func (s *server) stop(signal syscall.Signal) int {
	s.tb.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.tb.Fatal(err)
	}
	select {
	case <-s.done:
	case <-time.After(patience):
		s.tb.Fatalf("still there %v after %v", patience, signal)
	}
	return s.cmd.ProcessState.ExitCode()
}

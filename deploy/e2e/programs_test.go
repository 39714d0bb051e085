//go:build linux

// Package e2e runs the real exporter, Prometheus and Alertmanager with the rules, routes and
// templates that are shipped, and reads the mails that come out at the end. `make e2e` runs it.
package e2e

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds every wait; it is reached only on failure.
const patience = 100 * time.Second

// tool returns the path of one of the pinned programs.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is not on PATH: run this test by make e2e", name)
	}
	return path
}

// freeAddress returns an address of loopback at which a program can listen, and, restarted,
// listen again.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// server is a real program that listens. It can be stopped and started again.
type server struct {
	t       *testing.T
	name    string
	address string
	path    string
	args    []string
	log     string
	cmd     *exec.Cmd
}

// newServer describes a program; its log is shown if the test fails, and it is killed at the end.
func newServer(t *testing.T, name, address, path string, args ...string) *server {
	t.Helper()
	s := &server{t: t, name: name, address: address, path: path, args: args, log: filepath.Join(t.TempDir(), name+".log")}
	t.Cleanup(func() {
		s.end(syscall.SIGKILL)
		if t.Failed() {
			text, _ := os.ReadFile(s.log)
			lines := strings.Split(string(text), "\n")
			t.Logf("the last of what %s said:\n%s", name, strings.Join(lines[max(0, len(lines)-40):], "\n"))
		}
	})
	return s
}

// start runs the program and waits until it is ready.
func (s *server) start() {
	s.t.Helper()
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	s.cmd = exec.Command(s.path, s.args...)
	s.cmd.Stdout, s.cmd.Stderr = log, log
	// With a bundle of certificates from the environment, SNS refuses Alertmanager's HTTP client.
	s.cmd.Env = append(os.Environ(), "AWS_CA_BUNDLE=")
	// If this test is killed, so is the program.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	await(s.t, s.name+" to be ready", func() bool {
		status, _ := s.get("/-/ready")
		return status == http.StatusOK
	})
}

// stop asks the program to end and waits for that.
func (s *server) stop() {
	s.t.Helper()
	s.end(syscall.SIGTERM)
}

func (s *server) end(signal syscall.Signal) {
	if s.cmd == nil || s.cmd.Process == nil {
		return
	}
	_ = s.cmd.Process.Signal(signal)
	_ = s.cmd.Wait()
	s.cmd = nil
}

// get returns the status and body of an answer; the status is 0 if there is none.
func (s *server) get(path string) (int, string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+path, http.NoBody)
	if err != nil {
		return 0, err.Error()
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(body)
}

// await waits until a condition holds.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	begin := time.Now()
	for !condition() {
		if time.Since(begin) > patience {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("%5.1f s for %s", time.Since(begin).Seconds(), what)
}

// program writes an executable of its own name, which is the name of its process.
func program(t *testing.T, name, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// spawn runs a program until the test ends, or until what it returns is called.
func spawn(t *testing.T, path string) (kill func()) {
	t.Helper()
	cmd := exec.Command(path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	kill = func() {
		if killed {
			return
		}
		killed = true
		// Its children too, by their process group.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	}
	t.Cleanup(kill)
	return kill
}

//go:build linux

// Package e2e runs the real exporter, Prometheus and Alertmanager with the rules, routes and
// templates that are shipped, and reads the mails that come out at the end. `make e2e` runs it.
package e2e

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"proctree/deploy/programs"
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

// server is a real program that can be stopped and started again.
type server struct {
	t       *testing.T
	config  programs.Config
	running *programs.Program
}

// newServer describes a program. With a bundle of certificates from the environment, SNS
// refuses Alertmanager's HTTP client.
func newServer(t *testing.T, address, path string, args ...string) *server {
	t.Helper()
	return &server{t: t, config: programs.Config{
		Path: path, Args: args, Address: address, Ready: "/-/ready", Env: []string{"AWS_CA_BUNDLE="}, Patience: patience,
	}}
}

// start runs the program and waits until it is ready.
func (s *server) start() {
	s.t.Helper()
	s.running = programs.Run(s.t, s.config)
}

// stop asks the program to end and waits for that.
func (s *server) stop() { s.running.Stop() }

// get returns the status and body of an answer; the status is 0 if there is none.
func (s *server) get(path string) (int, string) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.config.Address+path, http.NoBody)
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

// await waits until a condition holds, and tells how long that took.
func await(t *testing.T, what string, condition func() bool) {
	t.Helper()
	begin := time.Now()
	programs.Await(t, what, patience, condition)
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

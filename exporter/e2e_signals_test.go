//go:build linux

package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestHangupWhileStarting sends SIGHUP as soon as the program speaks, long before it
// listens: it is a reload, which runs once the exporter is up.
func TestHangupWhileStarting(t *testing.T) {
	log := newLines()
	cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0")
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	log.await(t, regexp.MustCompile(`msg="(starting)`))
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	log.await(t, regexp.MustCompile(`msg="configuration (reloaded)"`))
}

// TestHangupIsCaughtFirst: the signal is caught before the packages that take time are
// initialized, of which GODEBUG=inittrace=1 prints a line each (package runtime).
func TestHangupIsCaughtFirst(t *testing.T) {
	cmd := exec.Command(binary(t), "--version")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	order := regexp.MustCompile(`(?m)^init (\S+) @`).FindAllSubmatch(out, -1)
	at := func(name string) int {
		return slices.IndexFunc(order, func(line [][]byte) bool { return string(line[1]) == name })
	}
	caught := at("proctree/exporter/hangup")
	for _, slow := range []string{"net/http", "github.com/prometheus/client_golang/prometheus", "proctree/tree-api/redact"} {
		if first := at(slow); caught < 0 || first < caught {
			t.Errorf("%s is initialized at place %d, hangup at %d of %d", slow, first, caught, len(order))
		}
	}
}

// TestHangupBeforeTheStart holds that a SIGHUP which came before anything could be reloaded
// is not lost.
func TestHangupBeforeTheStart(t *testing.T) {
	waiting := make(chan os.Signal, 1)
	waiting <- syscall.SIGHUP
	log := newLines()
	done := make(chan error, 1)
	go func() { done <- run(t.Context(), waiting, []string{"--web.listen-address=127.0.0.1:0"}, log, log) }()
	log.await(t, regexp.MustCompile(`msg="configuration (reloaded)"`))
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestClosedLogPipe ends what reads the log: the exporter goes on, and still reloads.
func TestClosedLogPipe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "proctree.yml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("groups:\n- name: no-such-process\n  group: first\n")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0", "--config.file="+file, "--scan.max-age=0s")
	cmd.Stdout, cmd.Stderr = writer, writer
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	s := &server{tb: t, cmd: cmd, log: newLines(), done: make(chan struct{})}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	go func() {
		s.err = cmd.Wait()
		close(s.done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-s.done
	})
	listening := regexp.MustCompile(`msg="Listening on" address=(\S+)`)
	for scanner := bufio.NewScanner(reader); s.url == "" && scanner.Scan(); {
		if found := listening.FindStringSubmatch(scanner.Text()); found != nil {
			s.url = "http://" + found[1]
		}
	}
	_ = reader.Close()
	write("groups:\n- name: no-such-process\n  group: second\n")
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	s.eventually("the group of the new file", func() bool {
		_, ok := s.samples().value("proctree_group_configured", "group", "second")
		return ok
	})
	if status, _ := s.get("/-/healthy"); status != http.StatusOK {
		t.Errorf("healthy: %d", status)
	}
}

// TestHangupIgnoredAtTheStart: a program that starts the exporter with SIGHUP ignored closes even the
// time in which the kernel loads it. From before the exec on, the signal is sent again and again.
func TestHangupIgnoredAtTheStart(t *testing.T) {
	log := newLines()
	cmd := exec.Command("sh", "-c", `trap "" HUP; kill -HUP $$; echo ignored >&2; read go; exec "$0" "$@"`, binary(t), "--web.listen-address=127.0.0.1:0")
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	start, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	log.await(t, regexp.MustCompile(`(ignored)`))
	up := make(chan struct{})
	sent := make(chan error, 1)
	go func() {
		for {
			if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
				sent <- err
				return
			}
			select {
			case <-up:
				sent <- nil
				return
			case <-time.After(time.Millisecond):
			}
		}
	}()
	if _, err := start.Write([]byte("\n")); err != nil {
		t.Fatal(err)
	}
	log.await(t, regexp.MustCompile(`msg="(starting)`))
	close(up)
	if err := <-sent; err != nil {
		t.Fatalf("it ended: %v", err)
	}
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	log.await(t, regexp.MustCompile(`msg="configuration (reloaded)"`))
}

// TestReadiness: systemd learns when the exporter listens, which the unit has Type=notify for. Until
// then it sends no SIGHUP.
func TestReadiness(t *testing.T) {
	for _, socket := range []string{filepath.Join(t.TempDir(), "notify"), "@proctree-test-" + strconv.Itoa(os.Getpid())} {
		heard, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		defer heard.Close() //nolint:errcheck // The test has ended.
		log := newLines()
		cmd := exec.Command(binary(t), "--web.listen-address=127.0.0.1:0", "--web.listen-address=127.0.0.1:0")
		cmd.Env = append(os.Environ(), "NOTIFY_SOCKET="+socket)
		cmd.Stderr = log
		cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
		if err := heard.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		state := make([]byte, 64)
		n, err := heard.Read(state)
		if err != nil || string(state[:n]) != "READY=1" {
			t.Fatalf("%s: heard %q, %v", socket, state[:n], err)
		}
		if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
			t.Fatal(err)
		}
		log.await(t, regexp.MustCompile(`msg="configuration (reloaded)"`))
	}
	unit, err := os.ReadFile("../deploy/systemd/proctree_exporter.service")
	if err != nil || !strings.Contains(string(unit), "\nType=notify\n") {
		t.Errorf("the unit does not wait for it: %v", err)
	}
}

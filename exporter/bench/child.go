//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// child is a program that the bench started and talks to line by line. It does not
// outlive the bench.
type child struct {
	name   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *bytes.Buffer
}

// patience is how long a child has to end once it was asked to; a tree of 32,000
// processes takes some seconds to fall.
const patience = 30 * time.Second

// start runs a program with extra environment variables. Ended contexts kill it.
func start(ctx context.Context, env []string, path string, args ...string) (*child, error) {
	c := &child{name: path, cmd: exec.CommandContext(ctx, path, args...), stderr: new(bytes.Buffer)}
	c.cmd.Env = append(os.Environ(), env...)
	c.cmd.Stderr = c.stderr
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	c.out = bufio.NewReaderSize(out, 1<<16)
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return c, nil
}

func (c *child) pid() int { return c.cmd.Process.Pid }

// ask sends a line.
func (c *child) ask(line string) error {
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		return fmt.Errorf("ask %s: %w%s", c.name, err, c.complaint())
	}
	return nil
}

// answer reads one line of JSON.
func (c *child) answer(into any) error {
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("answer of %s: %w%s", c.name, err, c.complaint())
	}
	if err := json.Unmarshal(line, into); err != nil {
		return fmt.Errorf("answer of %s: %w", c.name, err)
	}
	return nil
}

// ended reports whether the child has ended; it leaves it to be waited for.
func (c *child) ended() bool {
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, c.pid(), &info, unix.WEXITED|unix.WNOHANG|unix.WNOWAIT, nil)
	return err != nil || info.Signo != 0
}

// complaint waits for a child that has failed and returns what it wrote to stderr.
func (c *child) complaint() string {
	_ = c.in.Close()
	_ = c.cmd.Wait()
	text := bytes.TrimSpace(c.stderr.Bytes())
	if len(text) == 0 {
		return ""
	}
	if at := bytes.LastIndexByte(text, '\n'); at >= 0 {
		text = text[at+1:]
	}
	return fmt.Sprintf(" (%s)", text)
}

// stop closes the child's standard input, sends the signal if there is one, and waits.
func (c *child) stop(signal os.Signal) error {
	_ = c.in.Close()
	if signal != nil {
		_ = c.cmd.Process.Signal(signal)
	}
	timer := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
	defer timer.Stop()
	_, _ = io.Copy(io.Discard, c.out)
	err := c.cmd.Wait()
	if failure := (*exec.ExitError)(nil); signal != nil && errors.As(err, &failure) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stop %s: %w", c.name, err)
	}
	return nil
}

package programs

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Patience is how long a busy machine may take for anything.
const Patience = time.Minute

// Config describes a program that serves HTTP.
type Config struct {
	// Path is the executable, looked up as by exec.LookPath.
	Path string
	// Args are its arguments. ADDRESS in one of them stands for HOST:PORT of the program.
	Args []string
	// Env are NAME=value pairs beside those of this process. ADDRESS and PORT are replaced in the values.
	Env []string
	// Address is HOST:PORT where it shall listen; a free one if empty.
	Address string
	// Ready is a path that it answers with a status below 300 once it is ready.
	Ready string
	// Patience is how long it may take to get ready; Patience of the package if 0.
	Patience time.Duration
}

// Program is one that runs, or that has ended.
type Program struct {
	// URL is its address, without a path.
	URL string
	// Address is HOST:PORT.
	Address string

	cmd    *exec.Cmd
	output Output
	done   chan struct{}
}

// Start starts a program and waits until it is ready. The program is killed when the context
// ends; on Linux also when this process ends. If it does not get ready, the error holds what
// it has written.
func Start(ctx context.Context, c Config) (*Program, error) {
	if c.Address == "" {
		address, err := FreeAddress(ctx)
		if err != nil {
			return nil, fmt.Errorf("start %s: %w", c.Path, err)
		}
		c.Address = address
	}
	if c.Patience == 0 {
		c.Patience = Patience
	}
	cmd := exec.CommandContext(ctx, c.Path, c.arguments()...)
	cmd.Env = append(os.Environ(), c.environment()...)
	cmd.SysProcAttr = endWithParent()
	return c.start(ctx, cmd)
}

// StartCommand does the same with a command of the caller's own, which listens at the address.
func StartCommand(ctx context.Context, cmd *exec.Cmd, address, ready string) (*Program, error) {
	c := Config{Path: cmd.Path, Address: address, Ready: ready, Patience: Patience}
	return c.start(ctx, cmd)
}

func (c *Config) start(ctx context.Context, cmd *exec.Cmd) (*Program, error) {
	p := &Program{Address: c.Address, URL: "http://" + c.Address, cmd: cmd, done: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Path, err)
	}
	go func() {
		_ = cmd.Wait()
		close(p.done)
	}()
	if err := Eventually(ctx, c.Patience, func() error { return p.ready(ctx, c.Ready) }); err != nil {
		p.Kill()
		return nil, fmt.Errorf("start %s: %w\n%s", c.Path, err, p.Output())
	}
	return p, nil
}

// arguments returns Args, filled in.
func (c *Config) arguments() []string {
	filled := make([]string, len(c.Args))
	for i, text := range c.Args {
		filled[i] = c.filled(text)
	}
	return filled
}

// environment returns Env, filled in. Names stay as they are: PORT is a part of some.
func (c *Config) environment() []string {
	filled := make([]string, len(c.Env))
	for i, pair := range c.Env {
		name, value, _ := strings.Cut(pair, "=")
		filled[i] = name + "=" + c.filled(value)
	}
	return filled
}

// filled returns a text with the address and its port in place of ADDRESS and PORT.
func (c *Config) filled(text string) string {
	_, port, _ := strings.Cut(c.Address, ":")
	return strings.NewReplacer("ADDRESS", c.Address, "PORT", port).Replace(text)
}

func (p *Program) ready(ctx context.Context, path string) error {
	if p.Ended() {
		return fmt.Errorf("%w: it has ended", ErrGivenUp)
	}
	_, err := p.Get(ctx, path)
	return err
}

// Name is the name of the executable.
func (p *Program) Name() string { return filepath.Base(p.cmd.Path) }

// PID is the number of its process.
func (p *Program) PID() int { return p.cmd.Process.Pid }

// Output is what the program has written to its standard output and error so far.
func (p *Program) Output() string { return p.output.String() }

// Ended reports whether the program has ended.
func (p *Program) Ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Signal sends it a signal.
func (p *Program) Signal(s os.Signal) error { return p.cmd.Process.Signal(s) }

// Stop asks the program to end, waits until it has, and kills it if that takes too long.
func (p *Program) Stop() {
	_ = p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(Patience):
		p.Kill()
	}
}

// Kill kills the program and waits for its end.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// Get returns the body of an answer whose status is below 300. The headers are names and
// values in turn.
func (p *Program) Get(ctx context.Context, path string, headers ...string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path, http.NoBody)
	if err != nil {
		return "", err
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s: %s: %s", path, response.Status, body)
	}
	return string(body), err
}

// Package parts starts the programs of a monitoring system on loopback.
package parts

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

// patience is how long a busy machine may take for anything.
const patience = time.Minute

// Part is a program under way.
type Part struct {
	// URL is its address, without a path.
	URL  string
	cmd  *exec.Cmd
	said lockedBuffer
	done chan struct{}
}

// lockedBuffer is written to by the program, and read when something is wrong.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// Start runs a program, in whose arguments ADDRESS stands for a free one on loopback, until
// it answers at the path.
func Start(ctx context.Context, ready, program string, args ...string) (*Part, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "ADDRESS", address)
	}
	p := &Part{URL: "http://" + address, cmd: exec.CommandContext(ctx, program, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	// It must not outlive who has started it.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	err = Eventually(ctx, func() error {
		select {
		case <-p.done:
			return fmt.Errorf("%s has ended:\n%s", program, p.Said())
		default:
		}
		_, err := p.Get(ctx, ready)
		return err
	})
	if err != nil {
		p.Stop()
		return nil, fmt.Errorf("start %s: %w", program, err)
	}
	return p, nil
}

// startTimestamps is how agent.yml and site.yml say that Prometheus is started.
const startTimestamps = "--enable-feature=created-timestamp-zero-ingestion"

// Prometheus starts one with a configuration, in a folder of its own.
func Prometheus(ctx context.Context, config, dir string, flags ...string) (*Part, error) {
	args := append([]string{
		"--config.file=" + config, "--web.listen-address=ADDRESS", "--log.level=warn",
		"--storage.tsdb.path=" + dir, startTimestamps,
	}, flags...)
	return Start(ctx, "/-/ready", "prometheus", args...)
}

// Agent starts a Prometheus that scrapes and sends, and keeps nothing.
func Agent(ctx context.Context, config, dir string) (*Part, error) {
	return Start(ctx, "/-/ready", "prometheus", "--agent", "--config.file="+config, "--web.listen-address=ADDRESS",
		"--log.level=warn", "--storage.agent.path="+dir, startTimestamps)
}

// VictoriaMetrics starts one that shows at once what it was sent.
func VictoriaMetrics(ctx context.Context, dir string) (*Part, error) {
	return Start(ctx, "/health", "victoria-metrics", "-httpListenAddr=ADDRESS", "-storageDataPath="+dir,
		"-search.latencyOffset=0s", "-loggerLevel=WARN", "-memory.allowedPercent=20")
}

// freeAddress is one on loopback where nobody listens.
func freeAddress(ctx context.Context) (string, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// Stop asks the program to end, and waits until it has.
func (p *Part) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

// Said is what the program has written.
func (p *Part) Said() string { return p.said.String() }

// Eventually repeats what is asked for until there is no error.
func Eventually(ctx context.Context, try func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not within %v: %w", patience, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

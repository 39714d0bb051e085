package gpu

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/process"
)

const (
	// silence is after how long without a line a helper is ended and started again, and its values are
	// no longer shown.
	silence = 30 * time.Second
	// firstPause and lastPause are between two starts; each is twice the one before.
	firstPause, lastPause = time.Second, 5 * time.Minute
)

// Helper runs a program that reports the use of GPUs that the kernel does not, and has the newest of its
// lines. A helper that ends, hangs or writes what cannot be parsed costs its own values only.
type Helper struct {
	path   string
	logger log.Logger
	cancel context.CancelFunc
	done   chan struct{}
	// silence and pause are the constants, but for tests.
	silence, pause time.Duration

	mu      sync.Mutex
	list    []reported
	devices map[string]bool
	odd     int
	start   uint64
	at      time.Time
}

// CheckHelper returns why a program must not be started: others than its owner could replace it.
func CheckHelper(path string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("%s is not an absolute path", path)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return fmt.Errorf("%s is not an executable file", path)
	case info.Mode()&0o022 != 0:
		return fmt.Errorf("%s can be written by others than its owner (mode %v)", path, info.Mode().Perm())
	}
	return nil
}

// StartHelper starts the program; Close ends it. "" starts nothing.
func StartHelper(path string, logger log.Logger) *Helper {
	return startHelper(path, logger, silence, firstPause)
}

func startHelper(path string, logger log.Logger, silence, pause time.Duration) *Helper {
	ctx, cancel := context.WithCancel(context.Background())
	h := &Helper{path: path, logger: logger, cancel: cancel, done: make(chan struct{}), silence: silence, pause: pause}
	if path == "" {
		close(h.done)
		return h
	}
	go h.keep(ctx)
	return h
}

// Close ends the program and waits for it.
func (h *Helper) Close() {
	h.cancel()
	<-h.done
}

// keep starts the program again and again, with pauses.
func (h *Helper) keep(ctx context.Context) {
	defer close(h.done)
	for pause := h.pause; ; pause = min(2*pause, lastPause) {
		lines, err := h.runOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if lines > 0 {
			pause = h.pause
		}
		_ = level.Warn(h.logger).Log("msg", "the helper for GPUs ended and is started again", "path", h.path, "in", pause, "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// runOnce runs the program until it ends or is silent for too long, and returns how many of its lines
// could be parsed.
func (h *Helper) runOnce(ctx context.Context) (lines int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, h.path)
	cmd.WaitDelay = time.Second
	complaint := &tail{}
	cmd.Stderr = complaint
	// It ends when this closes, also when the exporter is killed.
	if _, err := cmd.StdinPipe(); err != nil {
		return 0, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	watch := time.AfterFunc(h.silence, cancel)
	defer watch.Stop()
	h.mu.Lock()
	h.start++
	h.mu.Unlock()
	scanner := bufio.NewScanner(out)
	scanner.Buffer(nil, maxLine)
	for scanner.Scan() {
		list, devices, odd, err := parseLine(scanner.Bytes())
		if err != nil {
			complaint.note(err.Error())
			continue
		}
		watch.Reset(h.silence)
		lines++
		h.mu.Lock()
		h.list, h.devices, h.odd, h.at = list, devices, odd, time.Now()
		h.mu.Unlock()
	}
	cancel()
	_, _ = io.Copy(io.Discard, out)
	return lines, errors.Join(scanner.Err(), cmd.Wait(), complaint.err())
}

// Merge adds what the helper reported last to what the kernel reports. Of a GPU that the helper reports,
// the kernel's values are left out: the driver may have both.
func (h *Helper) Merge(kernel []Holder, s *process.Snapshot, errs map[string]uint64) []Holder {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.at.IsZero() || time.Since(h.at) > h.silence {
		return kernel
	}
	if h.odd > 0 {
		errs[process.ReasonParse] += uint64(h.odd)
	}
	kernel = slices.DeleteFunc(kernel, func(k Holder) bool { return h.devices[k.Client.Device] })
	return append(kernel, holders(h.list, h.start, s)...)
}

// tail keeps the beginning of what a program complains of.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const maxComplaint = 512

func (t *tail) Write(p []byte) (int, error) {
	t.note(string(p))
	return len(p), nil
}

func (t *tail) note(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text[:min(len(text), maxComplaint-len(t.text))]...)
}

func (t *tail) err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.text) == 0 {
		return nil
	}
	return fmt.Errorf("%q", t.text)
}

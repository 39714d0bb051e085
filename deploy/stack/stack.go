package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"proctree/deploy/stack/process"
)

// patience is how long programs may take to be ready, and to end. They take seconds; the rest
// is for a busy machine.
const patience = 90 * time.Second

// stack is what the flags say.
type stack struct {
	out io.Writer
	// dir is the folder for everything that is written; source is the checkout.
	dir, source string
	// exporter is an executable; tools is a folder with those of Prometheus and Alertmanager.
	exporter, tools string
	// grafanaHome is a folder with an unpacked Grafana, or "".
	grafanaHome string
	ports       ports
}

// ports are those on loopback.
type ports struct{ exporter, prometheus, alertmanager, mailbox, smtp, grafana uint }

func (s *stack) startFlags(flags *flag.FlagSet) {
	flags.StringVar(&s.source, "source", ".", "checkout with alerting-rules/ and deploy/")
	flags.StringVar(&s.exporter, "exporter", "bin/proctree_exporter", "executable of the exporter")
	flags.StringVar(&s.tools, "tools", "", "folder with prometheus, alertmanager and amtool")
	flags.StringVar(&s.grafanaHome, "grafana-home", "", "folder of an unpacked Grafana; otherwise the one on PATH, if any")
	flags.UintVar(&s.ports.exporter, "exporter-port", 10056, "port of the exporter")
	flags.UintVar(&s.ports.prometheus, "prometheus-port", 9090, "port of Prometheus")
	flags.UintVar(&s.ports.alertmanager, "alertmanager-port", 9093, "port of Alertmanager")
	flags.UintVar(&s.ports.mailbox, "mailbox-port", 8025, "port of the mailbox, for browsers and web hooks")
	flags.UintVar(&s.ports.smtp, "smtp-port", 2525, "port of the mailbox, for mails")
	flags.UintVar(&s.ports.grafana, "grafana-port", 3000, "port of Grafana")
}

// sayf tells the user something; who does not listen is no reason to stop.
func (s *stack) sayf(format string, args ...any) { _, _ = fmt.Fprintf(s.out, format, args...) }

func (s *stack) path(elements ...string) string {
	return filepath.Join(append([]string{s.dir}, elements...)...)
}

// start starts everything, waits until it works, and leaves it running. If a part does not come
// up, those before it are ended again.
func (s *stack) start(ctx context.Context) error {
	if err := s.absolute(); err != nil {
		return err
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if running, err := s.running(); err != nil || running {
		return err
	}
	parts, err := s.parts()
	if err != nil {
		return err
	}
	if err := free(ctx, parts); err != nil {
		return err
	}
	if err := s.layOut(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := s.up(ctx, parts); err != nil {
		return errors.Join(err, s.end(context.WithoutCancel(ctx)))
	}
	s.tell()
	return nil
}

func (s *stack) absolute() error {
	for _, path := range []*string{&s.dir, &s.source, &s.exporter, &s.tools, &s.grafanaHome} {
		if *path == "" {
			continue
		}
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return err
		}
		*path = absolute
	}
	return nil
}

// lock keeps two starts or stops at a time apart.
func (s *stack) lock() (unlock func(), err error) {
	for _, dir := range []string{s.path("run"), s.path("log")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	file, err := os.OpenFile(s.path("run", "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, errors.New("another make stack or make stack-stop is at work")
	}
	return func() { _ = file.Close() }, nil
}

// running reports whether the stack runs already, and says so. One that runs in part is an error.
func (s *stack) running() (bool, error) {
	recorded, err := process.Recorded(s.path("run"))
	if err != nil {
		return false, err
	}
	var ended []string
	for _, p := range recorded {
		if !p.Running() {
			ended = append(ended, p.Name)
		}
	}
	switch {
	case len(ended) == len(recorded):
		return false, nil
	case len(ended) > 0:
		return false, fmt.Errorf("it runs, but without %s, which ended (see %s); make stack-stop ends the rest",
			strings.Join(ended, ", "), s.path("log"))
	}
	s.sayf("already running; make stack-stop ends it\n")
	for _, p := range recorded {
		s.sayf("  %-13s %s\n", p.Name, p.Address)
	}
	return true, nil
}

// stop ends what start has left running.
func (s *stack) stop(ctx context.Context) error {
	if err := s.absolute(); err != nil {
		return err
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	return s.end(ctx)
}

// end ends the recorded processes, all at the same time.
func (s *stack) end(ctx context.Context) error {
	recorded, err := process.Recorded(s.path("run"))
	if err != nil {
		return err
	}
	if len(recorded) == 0 {
		s.sayf("nothing is running\n")
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	results := make(chan error)
	for _, p := range recorded {
		go func() { results <- p.Stop(ctx) }()
	}
	for range recorded {
		err = errors.Join(err, <-results)
	}
	if err == nil {
		s.sayf("stopped; the data are still in %s\n", s.dir)
	}
	return err
}

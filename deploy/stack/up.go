package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"proctree/deploy/stack/process"
)

// up starts the parts and waits until all of them work together.
func (s *stack) up(ctx context.Context, parts []part) error {
	started := make([]*process.Process, len(parts))
	for i, p := range parts {
		running, err := process.Start(p.Program, s.path("run"), s.path("log"))
		if err != nil {
			return err
		}
		started[i] = running
	}
	for i, p := range parts {
		if err := s.await(ctx, started[i], p.ready, ""); err != nil {
			return err
		}
		s.sayf("%s is ready\n", p.Name)
		if p.Name != "prometheus" {
			continue
		}
		s.sayf("waiting for the first scrape\n")
		query := p.Address + "api/v1/query?query=" + url.QueryEscape(`up{job="proctree"} == 1`)
		if err := s.await(ctx, started[i], query, `"value"`); err != nil {
			return err
		}
	}
	return nil
}

// await asks an address until it answers 200 with a text that holds the one wanted. It gives
// up when the program ends.
func (s *stack) await(ctx context.Context, running *process.Process, address, want string) error {
	for {
		if answers(ctx, address, want) {
			return nil
		}
		select {
		case err := <-running.Ended():
			return fmt.Errorf("%s ended (%w):\n%s", running.Name, ended(err), s.lastLines(running.Name))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready (%w):\n%s", running.Name, context.Cause(ctx), s.lastLines(running.Name))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func ended(err error) error {
	if err == nil {
		return errors.New("exit status 0")
	}
	return err
}

func answers(ctx context.Context, address, want string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return err == nil && response.StatusCode == http.StatusOK && bytes.Contains(body, []byte(want))
}

// lastLines returns the end of a program's log.
func (s *stack) lastLines(name string) string {
	path := process.LogFile(s.path("log"), name)
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-5):], "\n") + "\n(" + path + ")"
}

// tell prints where everything is.
func (s *stack) tell() {
	lines := [][3]string{
		{"process tree", "http://" + loopback(s.ports.exporter) + "/", "groups: " + s.path("proctree.yml")},
		{"Prometheus", "http://" + loopback(s.ports.prometheus) + "/", "rules at /rules, alerts at /alerts"},
		{"Alertmanager", "http://" + loopback(s.ports.alertmanager) + "/", "silences"},
		{"mailbox", "http://" + loopback(s.ports.mailbox) + "/", "what Alertmanager sends; files in " + s.path("mail")},
	}
	if _, ok := s.grafana(); ok {
		lines = append(lines, [3]string{"Grafana", "http://" + loopback(s.ports.grafana) + "/", "dashboards; user admin, password in " + s.path("grafana", "admin_password")})
	} else {
		lines = append(lines, [3]string{"Grafana", "not installed", "put grafana on PATH, or set GRAFANA_HOME to its folder"})
	}
	s.sayf("\n")
	for _, line := range lines {
		s.sayf("%-13s %-24s %s\n", line[0], line[1], line[2])
	}
	s.sayf(`
data and logs %s
a first alert %s alert add TestAlert severity=critical instance=here \
                --annotation='summary="here: this is a test"' --alertmanager.url=http://%s
to end it all make stack-stop
`, s.dir, s.tool("amtool"), loopback(s.ports.alertmanager))
}

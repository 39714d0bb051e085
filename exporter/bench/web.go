//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// server is a program under measurement that answers over HTTP on loopback.
type server struct {
	*child
	base   string
	client *http.Client
}

// prometheusAccept is what Prometheus 3 asks for by default, plainText the simplest
// exposition.
const (
	prometheusAccept = "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5," +
		"application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3," +
		"text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
	plainText = "text/plain;version=0.0.4"
)

// scrapeTimeout is far above what the slowest peer takes for 32,000 processes; one of them
// reads all of them before it listens.
const scrapeTimeout = 2 * time.Minute

// serve starts a program with its listening address as the last argument and waits until
// it answers.
func serve(ctx context.Context, path, addressFlag string, args ...string) (*server, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	c, err := start(ctx, nil, path, append(args, addressFlag+address)...)
	if err != nil {
		return nil, err
	}
	s := &server{child: c, base: "http://" + address, client: &http.Client{Timeout: scrapeTimeout}}
	for deadline := time.Now().Add(scrapeTimeout); ; {
		if _, err = s.get(ctx, "/", ""); err == nil {
			return s, nil
		}
		if c.ended() || time.Now().After(deadline) || ctx.Err() != nil {
			_ = c.cmd.Process.Kill()
			return nil, fmt.Errorf("%s does not answer: %w%s", path, err, c.complaint())
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// freeAddress finds a port of loopback that nobody listens on.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a port: %w", err)
	}
	address := listener.Addr().String()
	return address, listener.Close()
}

// get returns a body; the answer may come compressed, as Prometheus asks for it.
func (s *server) get(ctx context.Context, path, accept string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+path, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", path, err)
	}
	if accept != "" {
		request.Header.Set("Accept", accept)
	}
	response, err := s.client.Do(request)
	if err != nil && s.ended() {
		return nil, fmt.Errorf("get %s: the program has ended%s", path, s.complaint())
	}
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", path, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", path, err)
	}
	if response.StatusCode != http.StatusOK {
		line, _, _ := bytes.Cut(body, []byte("\n"))
		return nil, fmt.Errorf("get %s: %s: %s", path, response.Status, line)
	}
	return body, nil
}

// scrape gets /metrics as Prometheus does and counts the series.
func (s *server) scrape(ctx context.Context) (sample, error) {
	body, err := s.get(ctx, "/metrics", prometheusAccept)
	if err != nil {
		return sample{}, err
	}
	return sample{series: countSeries(body)}, nil
}

func countSeries(exposition []byte) int {
	n := 0
	for line := range bytes.Lines(exposition) {
		if len(line) > 1 && line[0] != '#' {
			n++
		}
	}
	return n
}

// families gets /metrics in parsed form.
func (s *server) families(ctx context.Context) (map[string]*dto.MetricFamily, error) {
	body, err := s.get(ctx, "/metrics", plainText)
	if err != nil {
		return nil, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("parse metrics of %s: %w", s.name, err)
	}
	return families, nil
}

// sumBy adds up a family's values by one label.
func sumBy(family *dto.MetricFamily, label string) map[string]float64 {
	sums := map[string]float64{}
	for _, m := range family.GetMetric() {
		key := ""
		for _, pair := range m.GetLabel() {
			if pair.GetName() == label {
				key = pair.GetValue()
			}
		}
		sums[key] += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
	}
	return sums
}

// total adds up all values of a family.
func total(family *dto.MetricFamily) float64 {
	sum := 0.0
	for _, v := range sumBy(family, "") {
		sum += v
	}
	return sum
}

// shut ends the server as a service manager does.
func (s *server) shut() error { return s.stop(os.Signal(syscall.SIGTERM)) }

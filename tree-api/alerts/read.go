package alerts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// response is what GET /api/v1/query returns: a vector.
type response struct {
	Status string `json:"status"`
	Error  string `json:"error"`
	Data   struct {
		ResultType string   `json:"resultType"`
		Result     []sample `json:"result"`
	} `json:"data"`
}

type sample struct {
	Metric map[string]string  `json:"metric"`
	Value  [2]json.RawMessage `json:"value"`
}

// read asks once.
func (s *Source) read(ctx context.Context) (Firing, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.ask, http.NoBody)
	if err != nil {
		return Firing{}, fmt.Errorf("ask Prometheus: %w", err)
	}
	got, err := s.cfg.Client.Do(r)
	if err != nil {
		return Firing{}, unreachable(err)
	}
	defer func() { _ = got.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(got.Body, maxBytes+1))
	switch {
	case err != nil:
		return Firing{}, unreachable(err)
	case len(body) > maxBytes:
		return Firing{}, &Error{text: fmt.Sprintf("Prometheus returned more than %d bytes", maxBytes)}
	case got.StatusCode == http.StatusUnauthorized || got.StatusCode == http.StatusForbidden:
		return Firing{}, &Error{text: fmt.Sprintf("Prometheus refused the exporter (status %d); set --web.prometheus-config", got.StatusCode)}
	}
	var parsed response
	err = json.Unmarshal(body, &parsed)
	if err != nil || parsed.Status != "success" || parsed.Data.ResultType != "vector" {
		return Firing{}, &Error{
			text:  fmt.Sprintf("Prometheus returned status %d and no vector; check --web.prometheus-url", got.StatusCode),
			Cause: fmt.Errorf("status %d, error %.200q: %w", got.StatusCode, parsed.Error, err),
		}
	}
	return newFiring(parsed.Data.Result), nil
}

// Error is why there is no answer. Its text is for everybody who opens the page: it does not name the
// address of Prometheus, which Cause can do.
type Error struct {
	text  string
	Cause error
}

func (e *Error) Error() string { return e.text }

func (e *Error) Unwrap() error { return e.Cause }

func unreachable(err error) error {
	if timed, ok := errors.AsType[net.Error](err); errors.Is(err, context.DeadlineExceeded) || ok && timed.Timeout() {
		return &Error{fmt.Sprintf("Prometheus did not answer within %v", timeout), err}
	}
	return &Error{"Prometheus cannot be reached; see the log of the exporter", err}
}

func newFiring(result []sample) Firing {
	f := Firing{Time: time.Now(), Total: len(result)}
	for _, one := range result {
		f.Alerts = append(f.Alerts, newAlert(one))
	}
	f.Alerts = sorted(f.Alerts)
	f.Alerts = f.Alerts[:min(Most, len(f.Alerts))]
	return f
}

func newAlert(s sample) Alert {
	a := Alert{Name: s.Metric["alertname"], Severity: s.Metric["severity"], Labels: map[string]string{}}
	for name, value := range s.Metric {
		switch name {
		case "__name__", "alertname", "alertstate", "severity":
		default:
			a.Labels[name] = value
		}
	}
	var text string
	if json.Unmarshal(s.Value[1], &text) == nil {
		// 1 is the value of ALERTS, which does not tell since when.
		if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds > 1 && seconds < math.MaxInt32*2 {
			a.Since = time.Unix(int64(seconds), 0)
		}
	}
	return a
}

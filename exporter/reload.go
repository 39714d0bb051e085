package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"

	"proctree/collector"
	"proctree/exporter/hangup"
)

// reloads reads the configuration again when asked, one at a time, and remembers how that
// went. It is a prometheus.Collector.
type reloads struct {
	logger log.Logger
	reload func() error

	success, timestamp prometheus.Gauge
	mu                 sync.Mutex
}

// newReloads begins with a success, that of the start.
func newReloads(logger log.Logger, reload func() error) *reloads {
	r := &reloads{
		logger: logger,
		reload: reload,
		success: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: collector.Namespace,
			Name:      "config_last_reload_successful",
			Help:      "1 if the last attempt to load the configuration succeeded; at 0 the previous configuration stays active.",
		}),
		timestamp: prometheus.NewGauge(prometheus.GaugeOpts{
			Namespace: collector.Namespace,
			Name:      "config_last_reload_success_timestamp_seconds",
			Help:      "Time when the active configuration was loaded, in seconds since 1970.",
		}),
	}
	r.note(nil)
	return r
}

// Describe implements prometheus.Collector.
func (r *reloads) Describe(out chan<- *prometheus.Desc) {
	r.success.Describe(out)
	r.timestamp.Describe(out)
}

// Collect implements prometheus.Collector.
func (r *reloads) Collect(out chan<- prometheus.Metric) {
	r.success.Collect(out)
	r.timestamp.Collect(out)
}

// run reloads now.
func (r *reloads) run() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.reload()
	r.note(err)
	if err != nil {
		level.Error(r.logger).Log("msg", "reload: a file was rejected; its previous content stays active", "err", err)
		return err
	}
	level.Info(r.logger).Log("msg", "configuration reloaded")
	return nil
}

func (r *reloads) note(err error) {
	if err != nil {
		r.success.Set(0)
		return
	}
	r.success.Set(1)
	r.timestamp.Set(float64(time.Now().Unix()))
}

// onSignal reloads on each SIGHUP until ctx ends.
func (r *reloads) onSignal(ctx context.Context, caught hangup.Signals) {
	for {
		select {
		case <-caught:
			_ = r.run() // It is logged, and a metric.
		case <-ctx.Done():
			return
		}
	}
}

// ServeHTTP is /-/reload.
func (r *reloads) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	if err := r.run(); err != nil {
		http.Error(w, fmt.Sprintf("failed to reload the configuration: %s", err), http.StatusInternalServerError)
	}
}

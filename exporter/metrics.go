package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/klauspost/compress/gzhttp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	versioncollector "github.com/prometheus/client_golang/prometheus/collectors/version"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"proctree/collector"
	"proctree/collector/exposition"
	"proctree/collector/group"
	"proctree/collector/history"
)

// maxScrapeTime bounds a scrape whose caller does not say how long it will wait.
const maxScrapeTime = 30 * time.Second

// timeoutHeader is how Prometheus tells how long it will wait, in seconds.
const timeoutHeader = "X-Prometheus-Scrape-Timeout-Seconds"

// reporter gives the newest report.
type reporter interface {
	Report(ctx context.Context) (*group.Report, error)
}

// metricsHandler is /metrics.
type metricsHandler struct {
	logger log.Logger
	source reporter
	set    *collector.Set
	// always are exporter.collectors.
	always []prometheus.Collector
	// own counts the handler's own requests and errors; nil counts nothing.
	own *prometheus.Registry
	// slots bounds the scrapes at once; nil does not.
	slots chan struct{}
	pages *pages
}

func (e *exporter) newMetricsHandler() http.Handler {
	h := &metricsHandler{
		logger: e.loggers.root,
		source: e.source,
		set:    e.set,
		always: e.collectors(),
		pages:  newPages(e.loggers.root),
	}
	if n := e.settings.maxRequests; n > 0 {
		h.slots = make(chan struct{}, n)
	}
	if e.settings.disableExporterMetrics {
		return compressed(h)
	}
	h.own = prometheus.NewRegistry()
	h.own.MustRegister(
		collector.Started(collectors.NewGoCollector(), e.started),
		collector.Started(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), e.started),
	)
	h.always = append(h.always, h.own)
	// The counters of its errors are there from the start.
	promhttp.HandlerFor(prometheus.NewRegistry(), promhttp.HandlerOpts{Registry: h.own})
	return promhttp.InstrumentMetricHandler(h.own, compressed(h))
}

// collectors returns what no flag and no parameter chooses.
func (e *exporter) collectors() []prometheus.Collector {
	all := []prometheus.Collector{e.totals, e.reloads, versioncollector.NewCollector(collector.Namespace)}
	if e.settings != nil && e.settings.system.namespace == nodeNamespace {
		// Dashboards for node_exporter find their hosts by this metric.
		all = append(all, versioncollector.NewCollector("node_exporter"))
	}
	for _, c := range e.parts() {
		all = append(all, collector.Started(c, e.started))
	}
	return all
}

// parts returns the collectors of what a flag switches on. They count from the start of the
// exporter.
func (e *exporter) parts() (all []prometheus.Collector) {
	if e.recording != nil {
		all = append(all, history.NewMetrics(e.recording.settings.dir, e.recording.recorder.Load))
	}
	if e.events != nil {
		all = append(all, e.events.metrics()...)
	}
	if e.settings != nil && e.settings.enableControl {
		all = append(all, newActionMetrics(e.tree.ActionCount))
	}
	return all
}

// compressed compresses for who accepts it, as Prometheus does. The fastest level of this
// library makes an answer a sixth larger than promhttp's compression does, and takes a
// fraction of its time, which was a third of a scrape. What is answered to this very host is
// not compressed.
func compressed(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.EnableZstd(false), gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		panic(err) // The options are the same at every call: it is a mistake in this program.
	}
	compressing := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if exposition.Compresses(r) {
			compressing.ServeHTTP(w, r)
		} else {
			next.ServeHTTP(w, r)
		}
	})
}

// ServeHTTP answers one scrape. The parameters collect[] and exclude[] choose collectors.
func (h *metricsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	selected, err := h.set.Select(query["collect[]"], query["exclude[]"])
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if h.slots != nil {
		select {
		case h.slots <- struct{}{}:
			defer func() { <-h.slots }()
		default:
			http.Error(w, fmt.Sprintf("limit of %d concurrent requests reached, try again later", cap(h.slots)),
				http.StatusServiceUnavailable)
			return
		}
	}
	h.scrape(w, r, selected)
}

func (h *metricsHandler) scrape(w http.ResponseWriter, r *http.Request, selected *collector.Set) {
	ctx, cancel := context.WithTimeout(r.Context(), scrapeTime(r.Header.Get(timeoutHeader)))
	defer cancel()
	var report *group.Report
	if selected.NeedsReport() {
		var err error
		if report, err = h.source.Report(ctx); err != nil && r.Context().Err() == nil {
			level.Error(h.logger).Log("msg", "the process table could not be read for a scrape", "err", err)
		}
	}
	collectors := append([]prometheus.Collector{selected.Scrape(report)}, h.always...)
	if h.pages.answer(w, r, collectors) {
		return
	}
	// A registry per scrape, for the report is that of this request.
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors...)
	options := promhttp.HandlerOpts{
		ErrorLog:          &errorLog{logger: h.logger, hungUp: func() bool { return r.Context().Err() != nil }},
		ErrorHandling:     promhttp.ContinueOnError,
		EnableOpenMetrics: true,
		// The handler around this one does it.
		DisableCompression: true,
	}
	if h.own != nil {
		options.Registry = h.own
	}
	promhttp.HandlerFor(registry, options).ServeHTTP(w, r)
}

// scrapeTime is how long a scrape may wait for the process table, so that an answer, if
// only one that says what failed, is there before Prometheus gives up.
func scrapeTime(header string) time.Duration {
	seconds, err := strconv.ParseFloat(header, 64)
	if err != nil || !(seconds > 0) || seconds > maxScrapeTime.Seconds() {
		return maxScrapeTime
	}
	timeout := time.Duration(seconds * float64(time.Second))
	return timeout - min(timeout/4, time.Second/2)
}

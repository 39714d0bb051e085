package collector

import (
	"errors"

	"proctree/collector/host/textfile"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// textfileCollector shows metrics that other programs left in files. It is collected after
// all others, for where a file says what a collector says the registry keeps what it got
// first.
type textfileCollector struct {
	reader          *textfile.Reader
	modified, error systemMetric
}

// textfileName is the collector's row in the table.
const textfileName = "textfile"

func newTextfile(o Options) Collector {
	return &textfileCollector{
		reader:   textfile.NewReader(o.TextfileDirectories),
		modified: o.systemGauge("textfile_mtime_seconds", "When a file was written that was read, in seconds since 1970.", "file"),
		error:    o.systemGauge("textfile_scrape_error", "1 if a file, or a part of one, was left out because of an error."),
	}
}

// Describe implements Collector. What the files hold is not known before.
func (c *textfileCollector) Describe(out chan<- *prometheus.Desc) {
	out <- c.modified.desc
	out <- c.error.desc
}

// Collect implements Collector. A bad file costs its own metrics, and is counted.
func (c *textfileCollector) Collect(_ *View, out chan<- prometheus.Metric) error {
	result := c.reader.Read()
	for _, family := range result.Families {
		desc := prometheus.NewDesc(family.GetName(), family.GetHelp(), nil, nil)
		for _, m := range family.GetMetric() {
			out <- foreignMetric{desc, m}
		}
	}
	for _, f := range result.Files {
		out <- c.modified.sample(float64(f.Modified.UnixNano())/1e9, pair("file", f.Path))
	}
	out <- c.error.sample(oneIf(len(result.Errors) > 0))
	if len(result.Errors) > 0 {
		return &lossError{err: errors.Join(result.Errors...), count: len(result.Errors)}
	}
	return nil
}

// foreignMetric is a metric that was made elsewhere.
type foreignMetric struct {
	desc   *prometheus.Desc
	metric *dto.Metric
}

// Desc implements prometheus.Metric.
func (m foreignMetric) Desc() *prometheus.Desc { return m.desc }

// Write implements prometheus.Metric.
func (m foreignMetric) Write(out *dto.Metric) error {
	out.Label = m.metric.Label
	out.Gauge, out.Counter, out.Untyped = m.metric.Gauge, m.metric.Counter, m.metric.Untyped
	out.Summary, out.Histogram = m.metric.Summary, m.metric.Histogram
	return nil
}

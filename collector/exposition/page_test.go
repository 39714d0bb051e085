package exposition_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"google.golang.org/protobuf/types/known/timestamppb"

	"proctree/collector/exposition"
)

// accepts are requests for every format that a page can be written in.
var accepts = map[string]string{
	"text":             "text/plain",
	"text, escaped":    "text/plain;version=0.0.4;escaping=underscores",
	"OpenMetrics 1.0":  "application/openmetrics-text;version=1.0.0",
	"OpenMetrics 0.01": "application/openmetrics-text;version=0.0.1",
	"protobuf":         "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited",
}

// collectorOf is a collector that sends what a function returns.
type collectorOf func() []prometheus.Metric

func (collectorOf) Describe(chan<- *prometheus.Desc) {}

func (c collectorOf) Collect(out chan<- prometheus.Metric) {
	for _, m := range c() {
		out <- m
	}
}

// golang is the answer of client_golang.
func golang(t *testing.T, accept string, collectors ...prometheus.Collector) string {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors...)
	r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{EnableOpenMetrics: true, DisableCompression: true}).ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("client_golang: %s", w.Body)
	}
	return w.Body.String()
}

// ours is the page's answer, which has to be the same when it is compressed.
func ours(t *testing.T, page *exposition.Page, accept string) string {
	t.Helper()
	format := expfmt.NegotiateAccept(http.Header{"Accept": {accept}}, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	plain := join(t, page, format, false)
	unzip, err := gzip.NewReader(strings.NewReader(join(t, page, format, true)))
	if err != nil {
		t.Fatal(err)
	}
	// There are clients that read one member alone.
	unzip.Multistream(false)
	content, err := io.ReadAll(unzip)
	if err != nil {
		t.Fatal(err)
	}
	if string(content) != plain {
		t.Errorf("compressed it is another answer: %d bytes, not %d", len(content), len(plain))
	}
	return plain
}

func join(t *testing.T, page *exposition.Page, format expfmt.Format, compressed bool) string {
	t.Helper()
	pieces, err := page.Encode(format, compressed)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := exposition.WriteTo(&out, pieces); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// same checks a page against client_golang in all formats.
func same(t *testing.T, page *exposition.Page, collectors ...prometheus.Collector) {
	t.Helper()
	if err := page.Collect(collectors...); err != nil {
		t.Fatal(err)
	}
	for name, accept := range accepts {
		if diff := cmp.Diff(golang(t, accept, collectors...), ours(t, page, accept)); diff != "" {
			t.Errorf("%s (-client_golang +page):\n%.2000s", name, diff)
		}
	}
}

// The page's answer is that of client_golang, whatever changes from scrape to scrape.
func TestPageIsThatOfClientGolang(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	values := []float64{
		0, 1, -1, math.Copysign(0, -1), 0.1, 1e-7, 123456, 999999, 1e6, 1234567, 1e21, -5, 1.5e300, math.Pi, math.MaxInt64,
		math.NaN(), math.Inf(1), math.Inf(-1), math.SmallestNonzeroFloat64, 4096, 1764331200.25,
	}
	texts := []string{"", "plain", "with space", "quote\"d", "back\\slash", "line\nfeed", "ünïcödé", "€", "a=b,{c}", " ", "# HELP"}
	descs := make([]*prometheus.Desc, 30)
	for i := range descs {
		labels := []string{"a", "b", "pid"}[:i%4%4]
		name := fmt.Sprintf("test_family_%d", i)
		if i%3 == 0 {
			name += "_total"
		}
		descs[i] = prometheus.NewDesc(name, "Help with a \\ and\nanother line, "+texts[i%len(texts)], labels, prometheus.Labels{"const": "c"})
	}
	created := time.Unix(1764331200, 123456789)
	histogram := prometheus.NewHistogram(prometheus.HistogramOpts{Name: "test_sizes", Help: "h", Buckets: []float64{1, 2}})
	summary := prometheus.NewSummary(prometheus.SummaryOpts{Name: "test_durations", Help: "s", Objectives: map[float64]float64{0.5: 0.1}})

	type identity struct {
		desc   int
		labels string
	}
	live := make(map[identity][]string)
	page := exposition.NewPage()
	for scrape := range 60 {
		for range random.IntN(12) {
			d := random.IntN(len(descs))
			labels := make([]string, d%4)
			for i := range labels {
				labels[i] = texts[random.IntN(len(texts))]
			}
			id := identity{d, strings.Join(labels, "\xff")}
			if _, ok := live[id]; ok {
				delete(live, id)
			} else {
				live[id] = labels
			}
		}
		histogram.Observe(random.Float64() * 3)
		summary.Observe(random.Float64())
		var metrics []prometheus.Metric
		for id, labels := range live {
			value := values[random.IntN(len(values))]
			kind := []prometheus.ValueType{prometheus.CounterValue, prometheus.GaugeValue, prometheus.UntypedValue}[id.desc%3]
			if kind == prometheus.CounterValue && id.desc%2 == 0 {
				metrics = append(metrics, prometheus.MustNewConstMetricWithCreatedTimestamp(descs[id.desc], kind, value, created, labels...))
			} else {
				metrics = append(metrics, prometheus.MustNewConstMetric(descs[id.desc], kind, value, labels...))
			}
		}
		shown := collectorOf(func() []prometheus.Metric { return metrics })
		more := []prometheus.Collector{shown}
		if scrape%7 > 2 {
			more = append(more, histogram, summary)
		}
		same(t, page, more...)
		// With the same series and other values, which is what a page is for.
		for i := range metrics {
			metrics[i] = &changed{Metric: metrics[i], value: values[random.IntN(len(values))]}
		}
		same(t, page, more...)
		if t.Failed() {
			t.Fatalf("in scrape %d", scrape)
		}
	}
}

// changed is a metric with another value.
type changed struct {
	prometheus.Metric
	value float64
}

func (c *changed) Write(out *dto.Metric) error {
	err := c.Metric.Write(out)
	switch {
	case out.Gauge != nil:
		out.Gauge.Value = &c.value
	case out.Counter != nil:
		out.Counter.Value = &c.value
	case out.Untyped != nil:
		out.Untyped.Value = &c.value
	}
	return err
}

// sampled is a metric that tells its sample.
type sampled struct {
	prometheus.Metric
	sample exposition.Sample
}

func (s sampled) Sample() exposition.Sample { return s.sample }

func (s sampled) Write(out *dto.Metric) error {
	out.Label = s.sample.Labels
	out.Counter = &dto.Counter{Value: &s.sample.Value, CreatedTimestamp: s.sample.Created}
	return nil
}

// A counter that was reset has another creation time.
func TestPageWithCreatedTimestamps(t *testing.T) {
	desc := prometheus.NewDesc("test_total", "help", []string{"a"}, nil)
	page := exposition.NewPage()
	for _, at := range []*timestamppb.Timestamp{nil, {Seconds: 5}, {Seconds: 5, Nanos: 1}, {Seconds: 6, Nanos: 1}, {Seconds: 6, Nanos: 1}, nil} {
		m := sampled{
			prometheus.MustNewConstMetric(desc, prometheus.CounterValue, 1, "x"),
			exposition.Sample{Labels: []*dto.LabelPair{{Name: new("a"), Value: new("x")}}, Type: dto.MetricType_COUNTER, Value: 7, Created: at},
		}
		same(t, page, collectorOf(func() []prometheus.Metric { return []prometheus.Metric{m} }))
	}
}

// What client_golang finds wrong is an error, also if it comes later.
func TestPageFindsFault(t *testing.T) {
	gauge := func(name, help string, labels ...string) prometheus.Metric {
		return prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, []string{"a", "b"}[:len(labels)], nil), prometheus.GaugeValue, 1, labels...)
	}
	counter := prometheus.MustNewConstMetric(prometheus.NewDesc("one", "help", nil, nil), prometheus.CounterValue, 1)
	good := gauge("one", "help")
	for name, bad := range map[string][]prometheus.Metric{
		"the same series twice": {good, good},
		"two helps of one name": {good, gauge("one", "other", "x")},
		"two types of one name": {good, counter},
		"a label that is no UTF": {good, sampled{gauge("two", "help", "x"), exposition.Sample{
			Labels: []*dto.LabelPair{{Name: new("a"), Value: new("\xff")}}, Type: dto.MetricType_COUNTER,
		}}},
		"a metric that fails": {good, prometheus.NewInvalidMetric(prometheus.NewDesc("bad", "help", nil, nil), errors.New("bad"))},
		"a name beyond ASCII": {good, gauge("zwei€", "help")},
	} {
		t.Run(name, func(t *testing.T) {
			page := exposition.NewPage()
			metrics := []prometheus.Metric{good}
			c := collectorOf(func() []prometheus.Metric { return metrics })
			same(t, page, c)
			metrics = bad
			if err := page.Collect(c); err == nil {
				t.Error("no error")
			}
			metrics = []prometheus.Metric{good, gauge("three", "help")}
			same(t, page, c)
		})
	}
}

// FuzzValue checks every value and label value against client_golang.
func FuzzValue(f *testing.F) {
	for _, v := range []float64{0, 1, 0.5, 1e6, 999999.5, 1e-5, -3, 1e20} {
		f.Add(v, "label")
	}
	f.Add(math.NaN(), "a\nb\\c\"")
	desc := prometheus.NewDesc("fuzz", "help", []string{"l"}, nil)
	f.Fuzz(func(t *testing.T, v float64, label string) {
		label = strings.ToValidUTF8(label, "?")
		page, value := exposition.NewPage(), 3.0
		c := collectorOf(func() []prometheus.Metric {
			return []prometheus.Metric{prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, label)}
		})
		same(t, page, c)
		value = v
		same(t, page, c)
	})
}

func TestCompresses(t *testing.T) {
	for _, tc := range []struct {
		from, accept string
		want         bool
	}{
		{"192.0.2.1:4000", "gzip", true},
		{"192.0.2.1:4000", "deflate, GZIP;q=0.5", true},
		{"192.0.2.1:4000", "*", true},
		{"192.0.2.1:4000", "gzip;q=0", false},
		{"192.0.2.1:4000", "gzip;q=x", false},
		{"192.0.2.1:4000", "*;q=0, gzip", true},
		{"192.0.2.1:4000", "zstd", false},
		{"192.0.2.1:4000", "", false},
		{"127.0.0.1:4000", "gzip", false},
		{"[::1]:4000", "gzip, identity;q=0.1", false},
		{"[::ffff:127.0.0.1]:4000", "gzip", false},
		{"127.0.0.1:4000", "gzip, identity;q=0", true},
		{"[::1]:4000", "gzip;q=1.0, *;q=0", true},
		{"127.0.0.1:4000", "identity;q=0", false},
		{"pipe", "gzip", true},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
		r.RemoteAddr = tc.from
		if tc.accept != "" {
			r.Header.Set("Accept-Encoding", tc.accept)
		}
		if got := exposition.Compresses(r); got != tc.want {
			t.Errorf("from %s, Accept-Encoding %q: %t", tc.from, tc.accept, got)
		}
	}
}

// Many series that come and go at once, in any place, and in another order.
func TestPageWithManySeries(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	desc := prometheus.NewDesc("test_many", "help", []string{"a", "b"}, nil)
	page := exposition.NewPage()
	var live []int
	for scrape := range 25 {
		switch from := random.IntN(900); scrape % 5 {
		case 0: // a hundred come
			for i := from; i < from+100; i++ {
				if !slices.Contains(live, i) {
					live = append(live, i)
				}
			}
			slices.Sort(live)
		case 1: // a hundred and more go
			live = slices.DeleteFunc(live, func(i int) bool { return i >= from && i < from+150 })
		case 2: // every third goes
			live = slices.DeleteFunc(live, func(i int) bool { return i%3 == from%3 })
		case 3:
			random.Shuffle(len(live), func(i, j int) { live[i], live[j] = live[j], live[i] })
		}
		same(t, page, collectorOf(func() []prometheus.Metric {
			metrics := make([]prometheus.Metric, len(live))
			for at, i := range live {
				metrics[at] = prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(scrape*i), strconv.Itoa(i%10), strconv.Itoa(i))
			}
			return metrics
		}))
		if t.Failed() {
			t.Fatalf("in scrape %d", scrape)
		}
	}
}

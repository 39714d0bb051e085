package collector

import (
	"compress/gzip"
	"io"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// BenchmarkScrape is a scrape of 10,000 processes in 200 groups without the scan: its
// parts, one after the other.
func BenchmarkScrape(b *testing.B) {
	report := largeReport(10_000, 200, 200)
	set := allCollectors(b)
	gather := func(tb testing.TB) []*dto.MetricFamily {
		tb.Helper()
		registry := prometheus.NewRegistry()
		registry.MustRegister(set.Scrape(report))
		families, err := registry.Gather()
		if err != nil {
			tb.Fatal(err)
		}
		return families
	}
	encode := func(tb testing.TB, families []*dto.MetricFamily, out io.Writer) {
		tb.Helper()
		encoder := expfmt.NewEncoder(out, expfmt.NewFormat(expfmt.TypeTextPlain))
		for _, family := range families {
			if err := encoder.Encode(family); err != nil {
				tb.Fatal(err)
			}
		}
	}

	b.Run("collect", func(b *testing.B) {
		b.ReportAllocs()
		series := 0
		for b.Loop() {
			series = drain(set.Scrape(report))
		}
		b.ReportMetric(float64(series), "series")
	})
	b.Run("gather", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			gather(b)
		}
	})
	b.Run("gather+encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encode(b, gather(b), io.Discard)
		}
	})
	b.Run("gather+encode+gzip", func(b *testing.B) {
		for b.Loop() {
			out := gzip.NewWriter(io.Discard)
			encode(b, gather(b), out)
			if err := out.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// drain counts what a collector sends.
func drain(c prometheus.Collector) int {
	out := make(chan prometheus.Metric, 1000)
	go func() {
		c.Collect(out)
		close(out)
	}()
	n := 0
	for range out {
		n++
	}
	return n
}

// allCollectors returns a set with every collector of the table on.
func allCollectors(tb testing.TB) *Set {
	tb.Helper()
	var names []string
	for _, spec := range Table() {
		names = append(names, spec.Name)
	}
	set, err := NewSet(names, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

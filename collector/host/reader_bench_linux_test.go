package host

import (
	"testing"
)

func BenchmarkScan(b *testing.B) {
	r, err := NewReader(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		s, err := r.Read(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		n = len(s.Processes)
	}
	b.ReportMetric(float64(n), "processes")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/process")
}

package collector

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

var update = flag.Bool("update", false, "write the golden files again")

// gather scrapes through a registry that checks everything a registry can check.
func gather(tb testing.TB, collectors ...prometheus.Collector) map[string]*dto.MetricFamily {
	tb.Helper()
	registry := prometheus.NewPedanticRegistry()
	for _, c := range collectors {
		if err := registry.Register(c); err != nil {
			tb.Fatal(err)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	byName := make(map[string]*dto.MetricFamily, len(families))
	for _, family := range families {
		byName[family.GetName()] = family
	}
	return byName
}

// text is what Prometheus would read, without the one family that differs each time.
func text(tb testing.TB, families map[string]*dto.MetricFamily) string {
	tb.Helper()
	var out bytes.Buffer
	names := make([]string, 0, len(families))
	for name := range families {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if strings.HasSuffix(name, "_scrape_collector_duration_seconds") {
			continue
		}
		if _, err := expfmt.MetricFamilyToText(&out, families[name]); err != nil {
			tb.Fatal(err)
		}
	}
	return out.String()
}

// checkGolden compares what a scrape gave with a file.
func checkGolden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update writes it again):\n%s", file, diff)
	}
}

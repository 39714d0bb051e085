package collector

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/system/systemtest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
)

// textfiles writes files with a known age into a folder and returns it.
func textfiles(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			tb.Fatal(err)
		}
		if err := os.Chtimes(path, boot, boot.Add(500*time.Millisecond)); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func TestTextfile(t *testing.T) {
	dir := textfiles(t, map[string]string{
		"a.prom": "# HELP room_celsius Of the room.\n# TYPE room_celsius gauge\n" +
			"room_celsius{room=\"b\",floor=\"1\"} 21.5\nroom_celsius 3\n" +
			"# TYPE took_seconds histogram\ntook_seconds_bucket{le=\"1\"} 1\ntook_seconds_bucket{le=\"+Inf\"} 2\n" +
			"took_seconds_sum 4\ntook_seconds_count 2\n",
		"bad.prom": "no metric at all {\n",
		"z.txt":    "ignored 1\n",
	})
	var failed string
	set, err := NewSet([]string{textfileName}, Options{
		TextfileDirectories: []string{dir},
		SystemNamespace:     "node",
		Failed:              func(name string, err error) { failed = name + ": " + err.Error() },
	})
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(set.Scrape(nil))
	got := strings.ReplaceAll(text(t, familiesOf(t, registry)), dir, "DIR")
	want := `# HELP node_scrape_collector_success 1 if a collector of the host succeeded.
# TYPE node_scrape_collector_success gauge
node_scrape_collector_success{collector="textfile"} 1
# HELP node_textfile_mtime_seconds When a file was written that was read, in seconds since 1970.
# TYPE node_textfile_mtime_seconds gauge
node_textfile_mtime_seconds{file="DIR/a.prom"} 1.7673230455e+09
# HELP node_textfile_scrape_error 1 if a file, or a part of one, was left out because of an error.
# TYPE node_textfile_scrape_error gauge
node_textfile_scrape_error 1
# HELP proctree_scrape_collector_errors_total Lines, fields and files that a collector could not read or parse. Metrics derived from them are absent; all other metrics of the collector are correct.
# TYPE proctree_scrape_collector_errors_total counter
proctree_scrape_collector_errors_total{collector="textfile"} 1
# HELP proctree_scrape_collector_success 1 if a collector succeeded. All collectors of processes fail if the process table could not be read in time.
# TYPE proctree_scrape_collector_success gauge
proctree_scrape_collector_success{collector="textfile"} 1
# HELP room_celsius Of the room.
# TYPE room_celsius gauge
room_celsius 3
room_celsius{floor="1",room="b"} 21.5
# HELP took_seconds Metric read from DIR/a.prom
# TYPE took_seconds histogram
took_seconds_bucket{le="1"} 1
took_seconds_bucket{le="+Inf"} 2
took_seconds_sum 4
took_seconds_count 2
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(failed, "textfile: "+dir+"/bad.prom: ") {
		t.Errorf("reported %q", failed)
	}
}

// TestTextfileDoesNotReplace: what a collector says stays when a file says it, too.
func TestTextfileDoesNotReplace(t *testing.T) {
	dir := textfiles(t, map[string]string{"a.prom": "node_load1 99\nnode_load5{a=\"b\"} 98\nmine 1\n"})
	set, err := NewSet([]string{"system_loadavg", textfileName}, Options{
		System:              systemReader(t, systemtest.Root(t)),
		SystemNamespace:     "node",
		TextfileDirectories: []string{dir},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 20 { // The order in which a registry collects is by chance.
		registry := prometheus.NewRegistry()
		registry.MustRegister(set.Scrape(nil))
		families, err := registry.Gather()
		if err == nil {
			t.Fatal("the registry has not noticed")
		}
		got := map[string]float64{}
		for _, f := range families {
			for _, m := range f.GetMetric() {
				got[f.GetName()] += m.GetGauge().GetValue() + m.GetUntyped().GetValue()
			}
		}
		if got["node_load1"] != 0.21 || got["node_load5"] != 0.37 || got["mine"] != 1 {
			t.Fatalf("got %v", got)
		}
	}
}

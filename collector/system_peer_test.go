package collector

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/system"
	"proctree/collector/host/system/systemtest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// peerCollectors are node_exporter's collectors of the same subjects.
var peerCollectors = []string{
	"cpu", "loadavg", "meminfo", "vmstat", "diskstats", "filesystem", "netdev", "pressure",
	"stat", "filefd", "hwmon", "uname", "os", "time",
}

// peerFlags let node_exporter read the files that we read, and nothing else.
var peerFlags = []string{
	"--collector.disable-defaults",
	"--web.disable-exporter-metrics",
	"--web.listen-address=127.0.0.1:0",
	"--no-collector.netdev.netlink",
	"--collector.netdev.device-exclude=^$", // Debian's leaves out lo.
	"--collector.diskstats.device-exclude=" + system.DefaultDisksExclude,
	"--collector.filesystem.mount-points-exclude=" + system.DefaultMountPointsExclude,
	"--collector.filesystem.fs-types-exclude=" + system.DefaultFSTypesExclude,
}

// newerThanPeer are metrics and labels that a node_exporter has only from some version
// on. Without them in the older one there is nothing to compare.
var (
	newerMetrics = []string{"node_filesystem_mount_info", "node_pressure_irq_stalled_seconds_total", "node_os_support_end_timestamp_seconds"}
	newerLabels  = []string{"rotational", "device_error"}
)

// startPeer runs node_exporter on the host below root and returns its address.
func startPeer(tb testing.TB, root string) string {
	tb.Helper()
	var path string
	for _, name := range []string{"prometheus-node-exporter", "node_exporter"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
		}
	}
	if path == "" {
		tb.Skip("SKIPPED: node_exporter is not installed (Debian: prometheus-node-exporter), so the names are not compared with its own")
	}
	args := append(slices.Clone(peerFlags), "--path.procfs="+filepath.Join(root, "proc"), "--path.sysfs="+filepath.Join(root, "sys"),
		"--path.rootfs="+root, "--path.udev.data="+filepath.Join(root, "run/udev/data"))
	for _, name := range peerCollectors {
		args = append(args, "--collector."+name)
	}
	cmd := exec.CommandContext(tb.Context(), path, args...)
	log, err := cmd.StderrPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return peerAddress(tb, log)
}

// peerAddress finds the address in node_exporter's log, and lets the rest of it go.
func peerAddress(tb testing.TB, log io.Reader) string {
	tb.Helper()
	address := make(chan string, 1)
	go func() {
		listening := regexp.MustCompile(`address=(127\.0\.0\.1:\d+)`)
		for lines := bufio.NewScanner(log); lines.Scan(); {
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				address <- m[1]
				break
			}
		}
		_, _ = io.Copy(io.Discard, log)
	}()
	select {
	case a := <-address:
		return a
	case <-time.After(10 * time.Second):
		tb.Fatal("node_exporter did not say within 10 s where it listens")
		return ""
	}
}

// scrapePeer returns node_exporter's metrics.
func scrapePeer(tb testing.TB, address string) map[string]*dto.MetricFamily {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, "http://"+address+"/metrics", http.NoBody)
	if err != nil {
		tb.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return families
}

// familiesOf gathers by name.
func familiesOf(tb testing.TB, g prometheus.Gatherer) map[string]*dto.MetricFamily {
	tb.Helper()
	families, err := g.Gather()
	if err != nil {
		tb.Fatal(err)
	}
	byName := make(map[string]*dto.MetricFamily, len(families))
	for _, f := range families {
		byName[f.GetName()] = f
	}
	return byName
}

// series writes every series of the families as "TYPE name{labels} value". Prometheus
// takes an empty label for one that is not there, and so does this. The value is left out
// where it differs from one scrape to the next.
func series(families map[string]*dto.MetricFamily, dropLabels []string) []string {
	volatile := regexp.MustCompile(`^node_(time_seconds|filesystem_(size|free|avail)_bytes|filesystem_files.*)$`)
	var all []string
	for name, f := range families {
		for _, m := range f.GetMetric() {
			// Of a mount that is not there, only newer ones tell whether it is read-only.
			if name == "node_filesystem_readonly" && strings.Contains(m.String(), `"/gone"`) {
				continue
			}
			labels := make(map[string]string)
			for _, l := range m.GetLabel() {
				if l.GetValue() != "" && !slices.Contains(dropLabels, l.GetName()) {
					labels[l.GetName()] = l.GetValue()
				}
			}
			value := fmt.Sprintf("%.9g", m.GetCounter().GetValue()+m.GetGauge().GetValue()+m.GetUntyped().GetValue())
			if volatile.MatchString(name) {
				value = "-"
			}
			all = append(all, fmt.Sprintf("%s %s%v %s", f.GetType(), name, labels, value))
		}
	}
	slices.Sort(all)
	return all
}

// TestNodeExporterNames scrapes the same host with node_exporter and with the system
// collectors under its namespace: names, types, labels and values have to be the same, so
// that a rule written for the one works with the other.
func TestNodeExporterNames(t *testing.T) {
	root := systemtest.Root(t)
	peer := scrapePeer(t, startPeer(t, root))

	registry := prometheus.NewRegistry()
	registry.MustRegister(systemSet(t, Options{System: systemReader(t, root), SystemNamespace: "node"}).Scrape(nil))
	ours := familiesOf(t, registry)

	for _, families := range []map[string]*dto.MetricFamily{peer, ours} {
		maps.DeleteFunc(families, func(name string, _ *dto.MetricFamily) bool {
			return strings.Contains(name, "scrape_") || name == "node_exporter_build_info" || strings.HasPrefix(name, "promhttp_")
		})
	}
	for _, name := range newerMetrics {
		if peer[name] == nil {
			delete(ours, name)
		}
	}
	got, want := series(ours, newerLabels), series(peer, newerLabels)
	if len(want) < 250 {
		t.Errorf("node_exporter has %d series only: something is wrong with the host it reads", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-node_exporter +ours):\n%s", diff)
	}
}

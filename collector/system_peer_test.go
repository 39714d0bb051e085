package collector

import (
	"fmt"
	"maps"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"proctree/collector/host/system"
	"proctree/collector/host/system/systemtest"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"proctree/deploy/programs"
)

// peerCollectors are node_exporter's collectors of the same subjects.
var peerCollectors = []string{
	"cpu", "loadavg", "meminfo", "vmstat", "diskstats", "filesystem", "netdev", "pressure",
	"stat", "filefd", "hwmon", "uname", "os", "time",
	"arp", "bonding", "conntrack", "cpufreq", "entropy", "interrupts", "mdadm", "netclass", "netstat", "nfs",
	"powersupplyclass", "processes", "schedstat", "sockstat", "softnet", "tcpstat", "thermal_zone", "timex", "udp_queues",
	"dmi", "edac", "fibrechannel", "infiniband", "ipvs", "nfsd", "nvme", "rapl", "tapestats", "xfs", "zfs",
}

// peerFlags let node_exporter read the files that we read, and nothing else.
var peerFlags = []string{
	"--collector.disable-defaults",
	"--web.disable-exporter-metrics",
	"--web.listen-address=ADDRESS",
	"--no-collector.netdev.netlink",
	"--collector.netdev.device-exclude=^$", // Debian's leaves out lo.
	"--collector.diskstats.device-exclude=" + system.DefaultDisksExclude,
	"--collector.filesystem.mount-points-exclude=" + system.DefaultMountPointsExclude,
	"--collector.filesystem.fs-types-exclude=" + system.DefaultFSTypesExclude,
}

// newerPeerCollectors are likewise, of those that a node_exporter has only from some version
// on, and newerPrefixes begin the names of their metrics.
var (
	newerPeerCollectors = []string{"kernel_hung", "watchdog", "dmmultipath", "selinux"}
	newerPrefixes       = []string{"node_kernel_hung_", "node_fibrechannel_", "node_edac_channel_", "node_nvme_namespace_", "node_watchdog_", "node_dmmultipath_"}
)

// newerPeerFlags are likewise, and flags that a node_exporter has only from some version on.
var newerPeerFlags = []string{"--no-collector.arp.netlink"}

// newerThanPeer are metrics and labels that a node_exporter has only from some version
// on. Without them in the older one there is nothing to compare.
var (
	newerMetrics = []string{
		"node_filesystem_mount_info", "node_pressure_irq_stalled_seconds_total", "node_os_support_end_timestamp_seconds",
		"node_md_raid_disks", "node_md_degraded", "node_cpu_frequency_avg_hertz",
		"node_softnet_backlog_len", "node_softnet_cpu_collision_total", "node_softnet_flow_limit_count_total",
		"node_hwmon_freq_freq_mhz", "node_zfs_arc_arc_need_free", "node_cpu_isolated", "node_infiniband_out_of_buffer_drops_total", "node_infiniband_lifespan_seconds", "node_softnet_received_rps_total", "node_cpu_scaling_governor",
		"node_netstat_TcpExt_TCPOFOQueue", "node_netstat_TcpExt_TCPRcvQDrop",
		// The kernel's file /proc/net/dev lacks it, which peerFlags make node_exporter read.
		"node_network_receive_nohandler_total",
	}
	newerLabels = []string{"rotational", "device_error", "adminstate", "cntlid"}
)

// newerSeries are a part of a label by which the newer series of a metric are known.
var newerSeries = map[string]string{"node_hwmon_sensor_label": `"freq`, "node_zfs_zpool_state": `"suspended"`}

// newerMethods are of the NFS server.
var newerMethods = regexp.MustCompile(`"(WdelegGetattr|SetClientID|SetClientIDConfirm)"`)

// ofOtherSystems are metrics that node_exporter shows as 0 on Linux, which has nothing of
// the kind.
var ofOtherSystems = []string{"node_filesystem_purgeable_bytes"}

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
	help, err := exec.CommandContext(tb.Context(), path, "--help-long").CombinedOutput()
	if err != nil {
		tb.Fatalf("%s --help-long: %v", path, err)
	}
	args := slices.Clone(peerFlags)
	for _, flag := range newerPeerFlags {
		if strings.Contains(string(help), strings.TrimPrefix(flag, "--no-")) {
			args = append(args, flag)
		}
	}
	args = append(args, "--path.procfs="+filepath.Join(root, "proc"), "--path.sysfs="+filepath.Join(root, "sys"),
		"--path.rootfs="+root, "--path.udev.data="+filepath.Join(root, "run/udev/data"))
	for _, name := range peerCollectors {
		args = append(args, "--collector."+name)
	}
	for _, name := range newerPeerCollectors {
		if strings.Contains(string(help), "Enable the "+name+" collector") {
			args = append(args, "--collector."+name)
		}
	}
	return programs.Run(tb, programs.Config{Path: path, Args: args, Ready: "/"}).Address
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
	volatile := regexp.MustCompile(`^node_(time_seconds|timex_.*|filesystem_(size|free|avail)_bytes|filesystem_files.*)$`)
	var all []string
	for name, f := range families {
		for _, m := range f.GetMetric() {
			// Of a mount that is not there, only newer ones tell whether it is read-only.
			if name == "node_filesystem_readonly" && strings.Contains(m.String(), `"/gone"`) {
				continue
			}
			if newerSeries[name] != "" && strings.Contains(m.String(), newerSeries[name]) {
				continue
			}
			// The first is 0 there where the kernel does not count it yet, the others are newer.
			if name == "node_nfsd_requests_total" && newerMethods.MatchString(m.String()) {
				continue
			}
			labels := make(map[string]string)
			for _, l := range m.GetLabel() {
				if l.GetValue() != "" && !slices.Contains(dropLabels, l.GetName()) {
					labels[l.GetName()] = l.GetValue()
				}
			}
			value := fmt.Sprint(valueOf(m))
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

	dropIncomparable(peer, ours)
	// node_exporter asks the host on which it runs, whatever its flags say.
	for _, families := range []map[string]*dto.MetricFamily{peer, ours} {
		maps.DeleteFunc(families, func(name string, _ *dto.MetricFamily) bool {
			return strings.HasPrefix(name, "node_selinux_") || strings.HasPrefix(name, "node_tcp_")
		})
	}
	got, want := series(ours, newerLabels), series(peer, newerLabels)
	if len(want) < 250 {
		t.Errorf("node_exporter has %d series only: something is wrong with the host it reads", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("series (-node_exporter +ours):\n%s", diff)
	}
}

// dropIncomparable removes what only one of the two can have.
func dropIncomparable(peer, ours map[string]*dto.MetricFamily) {
	for _, families := range []map[string]*dto.MetricFamily{peer, ours} {
		maps.DeleteFunc(families, func(name string, _ *dto.MetricFamily) bool {
			return strings.Contains(name, "scrape_") || name == "node_exporter_build_info" || strings.HasPrefix(name, "promhttp_")
		})
	}
	for _, name := range ofOtherSystems {
		delete(peer, name)
	}
	for _, name := range newerMetrics {
		if peer[name] == nil {
			delete(ours, name)
		}
	}
	for _, prefix := range newerPrefixes {
		begins := func(name string, _ *dto.MetricFamily) bool { return strings.HasPrefix(name, prefix) }
		if before := len(peer); before == len(without(peer, begins)) {
			maps.DeleteFunc(ours, begins)
		}
	}
}

func without(families map[string]*dto.MetricFamily, drop func(string, *dto.MetricFamily) bool) map[string]*dto.MetricFamily {
	rest := maps.Clone(families)
	maps.DeleteFunc(rest, drop)
	return rest
}

func valueOf(m *dto.Metric) float64 {
	return m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue()
}

// valuesOf returns the value of every series, by its type, name and labels.
func valuesOf(families map[string]*dto.MetricFamily) map[string]float64 {
	all := make(map[string]float64)
	for name, f := range families {
		for _, m := range f.GetMetric() {
			labels := make(map[string]string)
			for _, l := range m.GetLabel() {
				if l.GetValue() != "" && !slices.Contains(newerLabels, l.GetName()) {
					labels[l.GetName()] = l.GetValue()
				}
			}
			all[fmt.Sprintf("%s %s%v", f.GetType(), name, labels)] = valueOf(m)
		}
	}
	return all
}

// TestNodeExporterLive scrapes this very host: node_exporter, the system collectors and
// node_exporter once more. A value of ours has to lie between those two. A gauge can be
// elsewhere for a moment, and a series can come or go, so what differs has to differ each
// time to be an error.
func TestNodeExporterLive(t *testing.T) {
	address := startPeer(t, "/")
	registry := prometheus.NewRegistry()
	registry.MustRegister(systemSet(t, Options{System: systemReader(t, "/"), SystemNamespace: "node"}).Scrape(nil))
	var wrong map[string]string
	for range 30 {
		before, ours, after := scrapePeer(t, address), familiesOf(t, registry), scrapePeer(t, address)
		dropIncomparable(before, ours)
		dropIncomparable(after, nil)
		differ := differences(valuesOf(before), valuesOf(ours), valuesOf(after))
		if wrong != nil {
			maps.DeleteFunc(wrong, func(series, _ string) bool { return differ[series] == "" })
		} else {
			wrong = differ
		}
		if len(wrong) == 0 {
			return
		}
	}
	for _, series := range slices.Sorted(maps.Keys(wrong)) {
		t.Errorf("%s: %s", series, wrong[series])
	}
}

// differences says of each series what is wrong with it; what is right is not there.
func differences(before, ours, after map[string]float64) map[string]string {
	all := make(map[string]string)
	for series, value := range ours {
		first, had := before[series]
		last, has := after[series]
		switch {
		case strings.Contains(series, "_queued_bytes]"):
			// On a host with busy connections it changes within each scrape; the scrape of the
			// host of the tests holds it.
		case !had && !has && strings.HasPrefix(series, "GAUGE node_memory_"):
			// Newer ones know the fields of older kernels only.
		case !had && !has:
			all[series] = "node_exporter does not have it"
		case had && has && (value < min(first, last) || value > max(first, last)):
			all[series] = fmt.Sprintf("%v, node_exporter has %v and then %v", value, first, last)
		}
	}
	for series := range before {
		_, has := after[series]
		if _, ok := ours[series]; !ok && has {
			all[series] = "only node_exporter has it"
		}
	}
	return all
}

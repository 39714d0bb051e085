package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"

	"proctree/collector"
	"proctree/collector/host/system"
	"proctree/collector/host/system/systemtest"
)

func TestSystemFlags(t *testing.T) {
	root := systemtest.Root(t)
	s, err := parseSettings([]string{
		"--path.procfs=" + filepath.Join(root, "proc"), "--path.sysfs=" + filepath.Join(root, "sys"), "--path.rootfs=" + root,
		"--collector.system.namespace=node", "--collector.netdev.device-exclude=^lo$", "--collector.netclass.ignored-devices=^lo$",
		"--collector.system_diskstats.device-include=sda", "--collector.system_hwmon.sensor-exclude=;fan",
	}, new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	reader, err := system.NewReader(s.system.config(s.procPath, s.rootPath))
	if err != nil {
		t.Fatal(err)
	}
	set, err := collector.NewSet(s.collectors, collector.Options{System: reader, SystemNamespace: s.system.namespace})
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(set.Scrape(nil))
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range families {
		all.WriteString(f.String() + "\n")
	}
	for text, want := range map[string]bool{
		"node_memory_MemTotal_bytes": true, "proctree_system_": false,
		`"eth0"`: true, `"lo"`: false,
		`"sda"`: true, `"nvme0n1"`: false, `"sda1"`: false,
		`"temp1"`: true, `"fan1"`: false,
		"node_vmstat_pgfault": true, "node_vmstat_nr_dirty": false,
		`"/home"`: true, `"/dev"`: false,
	} {
		if got := strings.Contains(all.String(), text); got != want {
			t.Errorf("%s is there: %v", text, got)
		}
	}
}

// TestNodeExporterFlags: its command line does the same here.
func TestNodeExporterFlags(t *testing.T) {
	s, err := parseSettings([]string{
		"--collector.disable-defaults", "--collector.cpu", "--no-collector.netdev", "--collector.interrupts",
		"--collector.netclass.ignored-devices=^veth", "--collector.netclass.ignore-invalid-speed",
		"--no-collector.interrupts.include-zeros", "--collector.netstat.fields=^Tcp_", "--collector.vmstat.fields=pg",
		"--collector.filesystem.mount-points-exclude=^/mnt", "--collector.powersupply.ignored-supplies=^BAT",
	}, new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.collectors, " "); got != "system_cpu system_interrupts" {
		t.Errorf("collectors %q", got)
	}
	c := s.system.config("/proc", "/")
	for name, is := range map[string]bool{
		"netclass": c.NetClass.Exclude.String() == "^veth", "netstat": c.Netstat.Include.String() == "^Tcp_",
		"vmstat": c.VMStat.Include.String() == "pg", "filesystem": c.MountPoints.Exclude.String() == "^/mnt",
		"fs-types": c.FSTypes.Exclude.String() == system.DefaultFSTypesExclude, "powersupply": c.PowerSupplies.Exclude.String() == "^BAT",
		"speed": c.IgnoreInvalidSpeed, "zeros": c.InterruptsWithoutZeros,
	} {
		if !is {
			t.Errorf("%s: the flag did nothing", name)
		}
	}
	for flag, want := range map[string]string{
		"--collector.netstat.fields=(":           "--collector.system_netstat.fields: ",
		"--collector.netclass.ignored-devices=[": "--collector.system_netclass.ignored-devices: ",
		"--collector.nonsense":                   "nonsense",
	} {
		if _, err := parseSettings([]string{flag}, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", flag, err, want)
		}
	}
}

// TestNodeExporterBuildInfo: with its namespace there is the metric by which dashboards find
// the hosts of node_exporter, and without it there is not.
func TestNodeExporterBuildInfo(t *testing.T) {
	for namespace, want := range map[string]bool{"node": true, collector.SystemNamespace: false} {
		s, err := parseSettings([]string{"--collector.system.namespace=" + namespace}, new(bytes.Buffer))
		if err != nil {
			t.Fatal(err)
		}
		e := &exporter{settings: s, totals: collector.NewScanTotals(time.Now()), reloads: newReloads(log.NewNopLogger(), func() error { return nil })}
		registry := prometheus.NewRegistry()
		registry.MustRegister(e.collectors()...)
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, f := range families {
			found = found || f.GetName() == "node_exporter_build_info"
		}
		if found != want {
			t.Errorf("namespace %s: node_exporter_build_info is there: %v", namespace, found)
		}
	}
}

// TestScrapeOfTheHostAlone: a scrape of host metrics only does not cause a scan.
func TestScrapeOfTheHostAlone(t *testing.T) {
	set, err := collector.NewSet([]string{"system_loadavg"}, collector.Options{System: system.Unsupported{}})
	if err != nil {
		t.Fatal(err)
	}
	h := &metricsHandler{logger: log.NewNopLogger(), set: set} // without a source
	if status, body := get(t, h, "/metrics"); status != 200 || !strings.Contains(body, `success{collector="system_loadavg"} 1`) {
		t.Errorf("%d:\n%s", status, body)
	}
}

func TestFailuresAreLoggedOnce(t *testing.T) {
	var out bytes.Buffer
	f := newFailures(log.NewLogfmtLogger(&out))
	for _, text := range []string{"a", "a", "b", "b", "a"} {
		f.observe("system_cpu", errors.New(text))
	}
	f.observe("system_os", errors.New("a"))
	if got := strings.Count(out.String(), "\n"); got != 3 {
		t.Errorf("%d lines, want 3:\n%s", got, out.String())
	}
}

package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

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
		"--collector.system.namespace=node", "--collector.system_netdev.device-exclude=^lo$",
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

// TestScrapeOfTheHostAlone: whoever asks for figures of the host does not pay for a scan.
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

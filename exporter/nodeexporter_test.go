//go:build linux

package main

import (
	"bytes"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"proctree/collector"
	"proctree/collector/host/system"
	"proctree/collector/host/system/systemtest"
)

// wanted is an alert or a panel and what each of its queries asks for.
type wanted struct {
	name    string
	queries [][]string
}

// readWanted reads a list of what somebody asks of node_exporter.
func readWanted(t *testing.T, file string) []wanted {
	t.Helper()
	var all []wanted
	for line := range strings.Lines(readText(t, filepath.Join("testdata/nodeexporter", file))) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, metrics, ok := strings.Cut(line, ": ")
		if !ok {
			t.Fatalf("%s: no metrics in %q", file, line)
		}
		w := wanted{name: name}
		for query := range strings.SplitSeq(metrics, "|") {
			w.queries = append(w.queries, strings.Fields(query))
		}
		all = append(all, w)
	}
	return all
}

// missing returns the metrics that are asked for and not there.
func (w *wanted) missing(there map[string]bool) map[string]bool {
	names := make(map[string]bool)
	for _, query := range w.queries {
		for _, name := range query {
			if !there[name] {
				names[name] = true
			}
		}
	}
	return names
}

// fed reports whether one of the queries at least has all that it asks for.
func (w *wanted) fed(there map[string]bool) bool {
	return slices.ContainsFunc(w.queries, func(query []string) bool {
		return !slices.ContainsFunc(query, func(name string) bool { return !there[name] })
	})
}

// nodeMetrics returns the names of the metrics that the exporter has in node_exporter's place,
// on the host of the tests.
func nodeMetrics(t *testing.T, flags ...string) map[string]bool {
	t.Helper()
	root := systemtest.Root(t)
	s, err := parseSettings(append([]string{
		"--collector.system.namespace=node", "--path.procfs=" + filepath.Join(root, "proc"),
		"--path.sysfs=" + filepath.Join(root, "sys"), "--path.rootfs=" + root,
	}, flags...), new(bytes.Buffer))
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
	e := &exporter{settings: s, totals: collector.NewScanTotals(time.Now()), reloads: newReloads(log.NewNopLogger(), func() error { return nil })}
	registry := prometheus.NewRegistry()
	registry.MustRegister(append(e.collectors(), set.Scrape(nil), collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{"up": true} // Prometheus makes it.
	for _, f := range families {
		there[f.GetName()] = true
	}
	return there
}

// optional are the flags that node_exporter needs as well for its dashboards to be complete.
var optional = []string{"--collector.interrupts", "--collector.tcpstat", "--collector.system_processes.states"}

// TestNodeExporterCoverage holds what docs/migrating-from-node-exporter.md promises to those
// who have alerts and dashboards for node_exporter.
func TestNodeExporterCoverage(t *testing.T) {
	// One TCP socket at least for the collector of their states.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	there, all := nodeMetrics(t), nodeMetrics(t, optional...)

	var text strings.Builder
	text.WriteString("| what asks | by default | with the optional collectors | of |\n|---|---|---|---|\n")
	missing := make(map[string][]string)
	for _, c := range []struct {
		file, what       string
		least, leastOpts int
	}{
		{"mixin-alerts.txt", "alerts of node-mixin", 24, 24},
		{"mixin-dashboards.txt", "panels and variables of node-mixin's dashboards Nodes and USE Method", 18, 18},
		{"dashboard-1860.txt", "panels of dashboard 1860, Node Exporter Full", 115, 121},
	} {
		list := readWanted(t, c.file)
		fed, fedOpts := 0, 0
		for i := range list {
			w := &list[i]
			fed += int(oneIf(w.fed(there)))
			fedOpts += int(oneIf(w.fed(all)))
			for name := range w.missing(all) {
				if users := missing[name]; !slices.Contains(users, w.name) {
					missing[name] = append(users, w.name)
				}
			}
		}
		if fed < c.least || fedOpts < c.leastOpts {
			t.Errorf("%s: %d by default, %d with all; want %d and %d at least", c.what, fed, fedOpts, c.least, c.leastOpts)
		}
		fmt.Fprintf(&text, "| %s | %d | %d | %d |\n", c.what, fed, fedOpts, len(list))
	}
	text.WriteString("\nNot exported, whatever the flags:\n\n| metric | who asks for it |\n|---|---|\n")
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		fmt.Fprintf(&text, "| `%s` | %s |\n", name, strings.Join(missing[name], ", "))
	}
	checkSection(t, "../docs/migrating-from-node-exporter.md", "coverage", text.String())
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// checkSection compares a part of a file of the documentation, between two comments, with
// what it ought to say.
func checkSection(t *testing.T, file, name, want string) {
	t.Helper()
	begin, end := "<!-- "+name+": begin, written by make golden -->\n", "<!-- "+name+": end -->\n"
	before, rest, ok := strings.Cut(readText(t, file), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no section between %q and %q", file, begin, end)
	}
	checkDocument(t, file, before+begin+"\n"+want+"\n"+end+after)
}

// TestNodeExporterCollectors lists in the documentation which of node_exporter's collectors
// there are, and holds that those it has on are on here, too.
func TestNodeExporterCollectors(t *testing.T) {
	ours := make(map[string]bool)
	for _, spec := range collector.Table() {
		if name := strings.TrimPrefix(spec.Name, "system_"); name != spec.Name || name == "textfile" {
			ours[name] = spec.Default
		}
	}
	var text strings.Builder
	text.WriteString("| collector of node_exporter | on by default there | here |\n|---|---|---|\n")
	state := map[bool]string{true: "yes", false: "no"}
	for line := range strings.Lines(readText(t, "testdata/nodeexporter/collectors.txt")) {
		name, byDefault, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || name == "#" {
			continue
		}
		on, have := ours[name]
		theirs := byDefault == "enabled"
		delete(ours, name)
		here := "not there"
		switch {
		case name == "processes":
			here = "`--collector.system_processes.states`"
		case have:
			here = "yes"
			if !on {
				here = "`--collector." + name + "`"
			}
			if on != theirs {
				t.Errorf("%s: on by default: %v, with node_exporter %v", name, on, theirs)
			}
		}
		fmt.Fprintf(&text, "| `%s` | %s | %s |\n", name, state[theirs], here)
	}
	for name := range ours {
		t.Errorf("node_exporter has no collector %s", name)
	}
	checkSection(t, "../docs/migrating-from-node-exporter.md", "collectors", text.String())
}

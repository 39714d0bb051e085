//go:build linux

package main

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-kit/log"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"proctree/collector"
	"proctree/collector/events"
	"proctree/collector/group"
	"proctree/collector/history"
	"proctree/collector/host/hosttest"
	"proctree/collector/host/sockets"
	"proctree/collector/host/system"
	"proctree/collector/host/system/systemtest"
	"proctree/collector/process"
	"proctree/exporter/eventfile"
	treeapi "proctree/tree-api"
)

var update = flag.Bool("update", false, "write the generated documentation again")

// checkDocument compares a file of the documentation with what it ought to say.
func checkDocument(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, readText(t, file)); diff != "" {
		t.Errorf("%s is not what the program says (make golden writes it again):\n%s", file, diff)
	}
}

// cell makes text fit for a cell of a table in Markdown.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "\n", " ").Replace(text)
}

func TestFlagsAreDocumented(t *testing.T) {
	var out strings.Builder
	out.WriteString("# Flags\n\n`" + program + " --help` says the same. `--no-…` switches off what has no value.\n\n" +
		"| flag | default | |\n|---|---|---|\n")
	app, _ := new(settings).newApp()
	for _, f := range app.Model().Flags {
		if f.Hidden {
			continue
		}
		value := strings.Join(f.Default, ", ")
		if f.IsBoolFlag() || value == "" {
			value = "" // That of a collector is in its help.
		} else {
			value = "`" + cell(value) + "`"
		}
		fmt.Fprintf(&out, "| `--%s` | %s | %s |\n", f.Name, value, cell(f.HelpWithEnvar()))
	}
	checkDocument(t, "../docs/flags.md", out.String())
}

// fullReport knows every value that a report can have.
func fullReport() *group.Report {
	tracker := group.NewTracker(group.Config{})
	web := hosttest.Process(7, 1, "web", hosttest.GPU(time.Second, 1), hosttest.Started(time.Minute), hosttest.Memory(1<<20, 2<<20), hosttest.OpenFDs(3, 1024))
	web.Known |= process.HasProportional | process.HasDelays | process.HasNetwork
	web.Facts.Cgroup = "/web"
	for at := time.Hour; at < time.Hour+time.Minute; at += 15 * time.Second {
		s := hosttest.Snapshot(at, web)
		s.Cgroups = map[string]process.CgroupUsage{"/web": {CPU: &process.CgroupCPU{}, Memory: &process.CgroupMemory{LimitBytes: 1}}}
		s.GPUs = process.GPUs{Looked: true, Uses: []process.GPUUse{{
			ID:      web.ID,
			Engines: []process.GPUEngine{{GPUEngineName: process.GPUEngineName{GPU: "0000:03:00.0", Engine: "gfx"}, Time: at}},
			Memory:  []process.GPUMemory{{GPURegionName: process.GPURegionName{GPU: "0000:03:00.0", Region: "vram"}, Bytes: 1}},
		}}}
		total := process.PressureTotals{Some: new(time.Second), Full: new(time.Second)}
		s.Pressures = []process.CgroupPressure{{CgroupName: process.CgroupName{Path: "/web", Unit: "web"}, CPU: total, Memory: total, IO: total}}
		s.ExitSource = process.ExitsTaskstats
		s.Exits = []process.Exit{{Name: "web", Facts: web.Facts, Processes: 1, Reason: "SIGSEGV"}}
		tracker.Observe(s)
	}
	r := tracker.Report()
	r.Groups[0].Configured = true
	return r
}

// gather scrapes collectors.
func gather(t *testing.T, all ...prometheus.Collector) []*dto.MetricFamily {
	t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(all...)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return families
}

// describe writes a table of metrics.
func describe(out *strings.Builder, families []*dto.MetricFamily) {
	out.WriteString("| metric | type | labels | |\n|---|---|---|---|\n")
	for _, f := range families {
		labels := make(map[string]bool)
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels["`"+l.GetName()+"`"] = true
			}
		}
		fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", f.GetName(), strings.ToLower(f.GetType().String()),
			strings.Join(slices.Sorted(maps.Keys(labels)), ", "), cell(f.GetHelp()))
	}
}

// noSockets knows of every process that it has no sockets.
type noSockets struct{}

func (noSockets) Read(processes []*process.Process) *sockets.Result {
	r := &sockets.Result{ByProcess: make(map[process.ID][]sockets.Socket)}
	for i := range processes {
		r.ByProcess[processes[i].ID] = nil
	}
	return r
}

func TestMetricsAreDocumented(t *testing.T) {
	root := systemtest.Root(t)
	metrics, err := system.NewReader(system.Config{
		ProcFS: filepath.Join(root, "proc"), SysFS: filepath.Join(root, "sys"), RootFS: root,
		Netstat: system.Filter{Include: regexp.MustCompile(system.DefaultNetstatInclude)}, ProcessStates: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("# Metrics\n\nBy collector, as `--[no-]collector.NAME` and the parameters `collect[]` and `exclude[]` call them.\n\n")
	for _, spec := range collector.Table() {
		set, err := collector.NewSet([]string{spec.Name}, collector.Options{System: metrics, Sockets: noSockets{}})
		if err != nil {
			t.Fatal(err)
		}
		families := slices.DeleteFunc(gather(t, set.Scrape(fullReport())), func(f *dto.MetricFamily) bool {
			return strings.HasPrefix(f.GetName(), "proctree_scrape_collector_")
		})
		state := "off"
		if spec.Default {
			state = "on"
		}
		fmt.Fprintf(&out, "## %s\n\n%s Switched %s by default.\n\n", spec.Name, spec.Help, state)
		if len(families) > 0 {
			describe(&out, families)
			out.WriteString("\n")
		}
	}
	out.WriteString("## The exporter itself\n\nAlways there.\n\n")
	e := &exporter{totals: collector.NewScanTotals(time.Now()), reloads: newReloads(log.NewNopLogger(), func() error { return nil })}
	e.settings = &settings{enableControl: true}
	if e.tree, err = treeapi.New(treeapi.Config{}); err != nil {
		t.Fatal(err)
	}
	// A collector of the host that has nothing to show.
	set, err := collector.NewSet([]string{"scan", "system_loadavg"}, collector.Options{})
	if err != nil {
		t.Fatal(err)
	}
	describe(&out, gather(t, append(e.collectors(), set.Scrape(nil))...))
	out.WriteString("\n## Events\n\nUnless `--events.source=off`; see [events.md](events.md).\n\n")
	eventLog := events.New(events.Config{})
	describe(&out, gather(t, events.NewMetrics(eventLog)))
	out.WriteString("\nWith `--events.file`:\n\n")
	writer, err := eventfile.New(eventfile.Config{Path: filepath.Join(t.TempDir(), "events.jsonl"), MaxBytes: 1 << 20, Log: eventLog})
	if err != nil {
		t.Fatal(err)
	}
	describe(&out, gather(t, eventfile.NewMetrics(writer)))
	out.WriteString("\n## The recording\n\nWith `--history.dir`; see [history.md](history.md).\n\n")
	dir := t.TempDir()
	recorder, err := history.NewRecorder(history.Config{Dir: dir, Interval: time.Second, MaxBytes: 1 << 20, MaxAge: time.Hour}, log.NewNopLogger())
	if err != nil {
		t.Fatal(err)
	}
	recorder.Observe(fullReport())
	if err := recorder.Close(nil); err != nil {
		t.Fatal(err)
	}
	describe(&out, gather(t, history.NewMetrics(dir, func() *history.Recorder { return recorder })))
	checkDocument(t, "../docs/metrics.md", out.String())
}

// TestArchitectureNamesEveryPackage holds that docs/architecture.md shows the folders as they are: each package
// of the product, by its path or by its last part.
func TestArchitectureNamesEveryPackage(t *testing.T) {
	page := readText(t, "../docs/architecture.md")
	for _, top := range []string{"collector", "exporter", "tree-api"} {
		err := filepath.WalkDir(filepath.Join("..", top), func(dir string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			switch base := entry.Name(); {
			// Made by a build, of other programs, or for tests only.
			case slices.Contains([]string{"node_modules", "testdata", "dist", "bench", "wine", "bundle"}, base):
				return fs.SkipDir
			case strings.HasSuffix(base, "test"):
				return nil
			}
			files, err := filepath.Glob(filepath.Join(dir, "*.go"))
			if err != nil || len(files) == 0 {
				return err
			}
			path := filepath.ToSlash(dir)[len("../"):]
			if name := regexp.MustCompile("`(" + path + "|" + filepath.Base(path) + ")/?`"); !name.MatchString(page) {
				t.Errorf("docs/architecture.md does not name %s/", path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestNamesAreRight looks for the metrics and flags that pages name and the program has not.
func TestNamesAreRight(t *testing.T) {
	for _, page := range []string{"../README.md", "../docs/quickstart.md", "../docs/queries.md", "../docs/privileges.md"} {
		t.Run(filepath.Base(page), func(t *testing.T) { checkNames(t, readText(t, page)) })
	}
}

func checkNames(t *testing.T, text string) {
	t.Helper()
	metrics, flags := readText(t, "../docs/metrics.md"), readText(t, "../docs/flags.md")
	// No paths, and no families such as proctree_system_*.
	for _, m := range regexp.MustCompile(`[^/a-z](proctree_[a-z_]+[a-z])(_\*)?`).FindAllStringSubmatch(text, -1) {
		if name := m[1]; name != program && m[2] == "" && !strings.Contains(metrics, "`"+name+"`") {
			t.Errorf("there is no metric %s", name)
		}
	}
	// One of Prometheus itself.
	text = strings.ReplaceAll(text, "--enable-feature=", "")
	for _, name := range regexp.MustCompile(`--[a-z][a-z._-]+[a-z]`).FindAllString(text, -1) {
		if !strings.Contains(flags, "`"+name+"`") && !strings.Contains(flags, "`--"+strings.TrimPrefix(name, "--no-")+"`") {
			t.Errorf("there is no flag %s", name)
		}
	}
}

func readText(tb testing.TB, file string) string {
	tb.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

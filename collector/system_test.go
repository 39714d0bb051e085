package collector

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/system"
	"proctree/collector/host/system/systemtest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// systemReader reads the host below root as the exporter would with its default flags.
func systemReader(tb testing.TB, root string) system.Reader {
	tb.Helper()
	r, err := system.NewReader(system.Config{
		ProcFS:        filepath.Join(root, "proc"),
		SysFS:         filepath.Join(root, "sys"),
		RootFS:        root,
		Disks:         system.Filter{Exclude: regexp.MustCompile(system.DefaultDisksExclude)},
		MountPoints:   system.Filter{Exclude: regexp.MustCompile(system.DefaultMountPointsExclude)},
		FSTypes:       system.Filter{Exclude: regexp.MustCompile(system.DefaultFSTypesExclude)},
		VMStat:        system.Filter{Include: regexp.MustCompile(system.DefaultVMStatInclude)},
		ProcessStates: true,
		Netstat:       system.Filter{Include: regexp.MustCompile(system.DefaultNetstatInclude)},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// systemSet is all system collectors that are not among without.
func systemSet(tb testing.TB, o Options, without ...string) *Set {
	tb.Helper()
	var names []string
	for _, spec := range Table() {
		if strings.HasPrefix(spec.Name, "system_") {
			names = append(names, spec.Name)
		}
	}
	o.Failed = func(name string, err error) {
		// The host of the tests has a sensor that shows no number.
		if loss, ok := errors.AsType[*lossError](err); !ok || !strings.HasSuffix(err.Error(), "hwmon1/temp9_input: not a number") {
			tb.Errorf("collector %s: %v (%v)", name, err, loss)
		}
	}
	set, err := NewSet(names, o)
	if err != nil {
		tb.Fatal(err)
	}
	if set, err = set.Select(nil, without); err != nil {
		tb.Fatal(err)
	}
	return set
}

// gatherSystem scrapes the system collectors. Metrics whose names the kernel chooses
// cannot be described before, so the registry is not the pedantic one.
func gatherSystem(tb testing.TB, set *Set) string {
	tb.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(set.Scrape(nil))
	return text(tb, familiesOf(tb, registry))
}

// fixedHost answers itself what the kernel is asked by system calls, which differs from host
// to host.
type fixedHost struct {
	system.Reader
	// unfiltered shows all of /proc/vmstat.
	unfiltered system.Reader
}

func (h fixedHost) VMStat() ([]system.Counter, error) { return h.unfiltered.VMStat() }

func (fixedHost) Clock() (*system.Clock, error) {
	return &system.Clock{
		Now:     boot.Add(time.Hour).In(time.FixedZone("CET", 3600)),
		Sources: []system.ClockSource{{Device: "0", Available: []string{"tsc", "hpet"}, Current: "tsc"}},
	}, nil
}

func (fixedHost) Uname() (system.Uname, error) {
	return system.Uname{Sysname: "Linux", Release: "6.1.0", Version: "#1 SMP", Machine: "x86_64", Nodename: "web1", Domainname: "(none)"}, nil
}

func (fixedHost) Filesystems() ([]system.Filesystem, error) {
	return []system.Filesystem{
		{
			Device: "/dev/sda1", MountPoint: "/", Type: "ext4", Major: "8", Minor: "1",
			Usage: system.Usage{SizeBytes: 1 << 30, FreeBytes: 1 << 29, AvailableBytes: 1 << 28, Inodes: &system.Inodes{Total: 1000, Free: 900}},
		},
		{Device: "nas:/home", MountPoint: "/home", Type: "nfs4", ReadOnly: true, Error: "no answer in time"},
	}, nil
}

func (h fixedHost) Values(subject system.Subject) ([]system.Value, error) {
	if subject == system.TCPStat {
		return []system.Value{{Name: "tcp_connection_states", Number: 3, Labels: []system.Label{{Name: "state", Value: "established"}}}}, nil
	}
	values, err := h.Reader.Values(subject)
	if subject == system.Timex {
		for i := range values {
			values[i].Number = float64(i)
		}
	}
	return values, err
}

func TestSystemGolden(t *testing.T) {
	root := systemtest.Root(t)
	unfiltered, err := system.NewReader(system.Config{ProcFS: filepath.Join(root, "proc"), SysFS: filepath.Join(root, "sys"), RootFS: root})
	if err != nil {
		t.Fatal(err)
	}
	got := gatherSystem(t, systemSet(t, Options{System: fixedHost{systemReader(t, root), unfiltered}}))

	checkGolden(t, "testdata/system.golden", strings.ReplaceAll(got, root, "ROOT"))
}

func TestSystemLint(t *testing.T) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(systemSet(t, Options{System: systemReader(t, "/")}).Scrape(nil))
	problems, err := testutil.GatherAndLint(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		// Names that are node_exporter's break a rule now and then.
		if !strings.HasPrefix(p.Metric, SystemNamespace+"_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestSystemWithoutScan(t *testing.T) {
	set := systemSet(t, Options{System: systemReader(t, systemtest.Root(t))})
	if set.NeedsReport() {
		t.Error("the system collectors ask for a scan of the processes")
	}
	if !allCollectors(t).NeedsReport() {
		t.Error("all collectors together ask for no scan")
	}
}

func TestSystemUnsupported(t *testing.T) {
	got := gatherSystem(t, systemSet(t, Options{}))
	for line := range strings.Lines(got) {
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "proctree_scrape_collector_") {
			t.Errorf("a host of which nothing is known has %s", line)
		}
	}
}

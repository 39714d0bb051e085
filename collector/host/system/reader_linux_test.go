package system

import (
	"errors"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/procfile"

	"github.com/google/go-cmp/cmp"
)

// TestThisHost reads everything of the kernel on which the test runs.
func TestThisHost(t *testing.T) {
	r, check := thisHost(t)
	cpus, err := r.CPUs()
	check("CPUs", err, err == nil && len(cpus.CPUs) > 0 && cpus.CPUs[0].Modes[procfile.Idle].Seconds > 0)
	load, err := r.Load()
	check("load", err, load[0] != nil && load[1] != nil && load[2] != nil)
	memory, err := r.Memory()
	check("memory", err, err == nil && memory[0].Name == "MemTotal" && memory[0].Value > 1<<20)
	vmstat, err := r.VMStat()
	check("vmstat", err, len(vmstat) > 20)
	_, err = r.Disks()
	check("disks", err, true)
	devices, err := r.NetworkDevices()
	check("network devices", err, len(devices) > 0 && len(devices[0].Counters) >= 16)
	filesystems, err := r.Filesystems()
	check("filesystems", err, len(filesystems) > 0 && filesystems[0].MountPoint != "")
	_, err = r.Pressure()
	check("pressure", err, true)
	kernel, err := r.Kernel()
	check("kernel", err, err == nil && kernel.BootTime.Before(time.Now()) && *kernel.Forks > 0)
	handles, err := r.FileHandles()
	check("file handles", err, *handles.Allocated > 0 && *handles.Maximum > *handles.Allocated)
	_, err = r.Chips()
	check("chips", err, true)
	uname, err := r.Uname()
	check("uname", err, uname.Sysname == "Linux" && uname.Nodename != "")
	release, err := r.OS()
	check("os", err, err == nil && release.ID != "")
	clock, err := r.Clock()
	check("clock", err, err == nil && time.Since(clock.Now) < time.Minute)
}

func TestNotThere(t *testing.T) {
	_, err := NewReader(Config{ProcFS: "/does/not/exist"})
	if err == nil || !strings.Contains(err.Error(), "/does/not/exist") {
		t.Errorf("error %v names no path", err)
	}
	r, err := NewReader(Config{ProcFS: t.TempDir(), SysFS: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for subject, read := range map[string]func() error{
		"cpu":         func() error { _, err := r.CPUs(); return err },
		"load":        func() error { _, err := r.Load(); return err },
		"memory":      func() error { _, err := r.Memory(); return err },
		"vmstat":      func() error { _, err := r.VMStat(); return err },
		"disks":       func() error { _, err := r.Disks(); return err },
		"network":     func() error { _, err := r.NetworkDevices(); return err },
		"filesystems": func() error { _, err := r.Filesystems(); return err },
		"kernel":      func() error { _, err := r.Kernel(); return err },
		"handles":     func() error { _, err := r.FileHandles(); return err },
	} {
		if err := read(); !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: error %v, want one that says that this host has none", subject, err)
		}
	}
	if _, err := r.Pressure(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("pressure: error %v", err)
	}
}

func TestParseFileNr(t *testing.T) {
	const most = 18446744073709551615
	for text, want := range map[string]FileHandles{
		"1024\t0\t18446744073709551615\n": {new(uint64(1024)), new(uint64(most))},
		"1 2 x\n":                         {Allocated: new(uint64(1))},
		"-1 2 3\r\n":                      {Maximum: new(uint64(3))},
		"18446744073709551615 2 3\n":      {Maximum: new(uint64(3))},
		"":                                {},
		"1 2\n":                           {Allocated: new(uint64(1))},
		"1 2 3 4\n":                       {Allocated: new(uint64(1))},
		// What ends within a number.
		"100 0":          {Allocated: new(uint64(100))},
		"1024\t0\t92233": {Allocated: new(uint64(1024))},
		"10":             {},
	} {
		var d Damage
		got := parseFileNr(text, &d)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if whole := got.Allocated != nil && got.Maximum != nil; whole != (d.Err() == nil) {
			t.Errorf("%q: error %v", text, d.Err())
		}
	}
}

func TestParseOSRelease(t *testing.T) {
	got := parseOSRelease(`# A comment=1
NAME="Example \"Linux\" \$1"
ID=example
VERSION='it is 1'
not an assignment
VERSION_ID="
SUPPORT_END=2030-06-30
`)
	want := &OS{
		Name: `Example "Linux" $1`, ID: "example", Version: "it is 1", VersionID: `"`,
		SupportEnd: time.Date(2030, 6, 30, 0, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseUdev(t *testing.T) {
	got := parseUdev("I:1\nE:ID_SERIAL=long\r\nE:ID_ATA=1\nE:ID_ATA_WRITE_CACHE=x\nE:ID_ATA_ROTATION_RATE_RPM=0\nE:\nE\n")
	want := &DiskInfo{Serial: "long", ATA: &ATA{RotationRPM: new(0.0)}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzParseOSRelease(f *testing.F) {
	f.Add("NAME=\"a\\\"b\"\nSUPPORT_END=2030-06-30\n")
	f.Fuzz(func(t *testing.T, text string) {
		if o := parseOSRelease(text); len(o.Name) > len(text) {
			t.Errorf("%q has grown out of %q", o.Name, text)
		}
	})
}

// FuzzLineParsers feeds odd text to the parsers of files that have a few lines. Nothing
// may be made of what is not in it.
func FuzzLineParsers(f *testing.F) {
	f.Add("pgfault 12\npgmajfault 3\n")
	f.Add("1024\t0\t9223372036854775807\n")
	f.Add("E:ID_SERIAL=long\nE:ID_ATA=1\nE:ID_ATA_ROTATION_RATE_RPM=7200\n")
	f.Add("   8       0 sda 100 1 800 10 200 2 1600 20 0 30 40\n")
	f.Add("    lo: 100 1 0 0 0 0 0 0 100 1 0 0 0 0 0 0\n")
	f.Add("22 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n")
	r := &reader{}
	f.Fuzz(func(t *testing.T, text string) {
		var d Damage
		lines := strings.Count(text, "\n") + 1
		if counters := parseVMStat(text, Filter{}, &d); len(counters) > lines {
			t.Errorf("%d counters in %q", len(counters), text)
		}
		if h := parseFileNr(text, &d); h.Maximum != nil && len(strings.Fields(text)) != 3 {
			t.Errorf("%q has not three fields", text)
		}
		if u := parseUdev(text); !strings.Contains(text, u.Serial) || u.ATA != nil && !strings.Contains(text, "ID_ATA=") {
			t.Errorf("%+v is not in %q", u, text)
		}
		if disks := r.parseDiskstats(text, &d); len(disks) > lines {
			t.Errorf("%d disks in %q", len(disks), text)
		}
		if devices := parseNetDev(text, Filter{}, &d); len(devices) > lines {
			t.Errorf("%d network devices in %q", len(devices), text)
		}
		for _, m := range parseMountinfo(text, &d) {
			if !strings.Contains(text, m.mountPoint) || !strings.Contains(text, m.fsType) {
				t.Errorf("%+v is not in %q", m, text)
			}
		}
	})
}

// wantLost checks how many things were lost.
func wantLost(t *testing.T, d *Damage, want int) {
	t.Helper()
	d.Part(func() error { return nil }) // As if one file was read.
	err := d.Err()
	partial, _ := errors.AsType[*PartialError](err)
	switch {
	case want == 0 && err == nil:
	case partial == nil || partial.Count != want:
		t.Errorf("lost %+v (%v), want %d", partial, err, want)
	}
}

package system

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestThisHost reads everything of the kernel on which the test runs.
func TestThisHost(t *testing.T) {
	r, check := thisHost(t)
	cpus, err := r.CPUs()
	check("CPUs", err, err == nil && len(cpus.CPUs) > 0 && cpus.CPUs[0].Modes[idleColumn].Seconds > 0)
	_, err = r.Load()
	check("load", err, true)
	memory, err := r.Memory()
	check("memory", err, err == nil && memory[0].Name == "MemTotal" && memory[0].Value > 1<<20)
	vmstat, err := r.VMStat()
	check("vmstat", err, len(vmstat) > 20)
	_, err = r.Disks()
	check("disks", err, true)
	devices, err := r.NetworkDevices()
	check("network devices", err, len(devices) > 0 && len(devices[0].Counters) == 16)
	filesystems, err := r.Filesystems()
	check("filesystems", err, len(filesystems) > 0 && filesystems[0].MountPoint != "")
	_, err = r.Pressure()
	check("pressure", err, true)
	kernel, err := r.Kernel()
	check("kernel", err, err == nil && kernel.BootTime.Before(time.Now()) && *kernel.Forks > 0)
	handles, err := r.FileHandles()
	check("file handles", err, handles.Allocated > 0 && handles.Maximum > handles.Allocated)
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
		if err := read(); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: error %v, want one that says that the file is not there", subject, err)
		}
	}
	if _, err := r.Pressure(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("pressure: error %v", err)
	}
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large")
	want := strings.Repeat("0123456789abcdef", 4096)
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := readFile(path); err != nil || string(got) != want {
		t.Errorf("%d bytes, error %v", len(got), err)
	}
	if err := os.Truncate(path, maxFile+1); err != nil {
		t.Fatal(err)
	}
	if _, err := readFile(path); err == nil {
		t.Error("a file without end is no error")
	}
}

func TestParseFileNr(t *testing.T) {
	got, err := parseFileNr([]byte("1024\t0\t18446744073709551615\n"))
	if err != nil || got != (FileHandles{1024, 18446744073709551615}) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, text := range []string{"", "1 2", "1 2 x", "x 2 3", "1 2 3 4"} {
		if _, err := parseFileNr([]byte(text)); err == nil {
			t.Errorf("%q is no error", text)
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
	got := parseUdev("I:1\nE:ID_SERIAL=long\nE:ID_ATA=1\nE:ID_ATA_WRITE_CACHE=x\nE:ID_ATA_ROTATION_RATE_RPM=0\nE:\nE\n")
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

// FuzzLineParsers feeds what the kernel and udev write to the parsers of short files.
func FuzzLineParsers(f *testing.F) {
	f.Add("pgfault 12\npgmajfault 3\n")
	f.Add("1024\t0\t9223372036854775807\n")
	f.Add("E:ID_SERIAL=long\nE:ID_ATA=1\nE:ID_ATA_ROTATION_RATE_RPM=7200\n")
	f.Fuzz(func(t *testing.T, text string) {
		if counters, err := parseVMStat(text, Filter{}); err == nil && len(counters) > strings.Count(text, " ") {
			t.Errorf("%d counters in %q", len(counters), text)
		}
		if _, err := parseFileNr([]byte(text)); err == nil && len(strings.Fields(text)) != 3 {
			t.Errorf("%q has not three fields", text)
		}
		if d := parseUdev(text); !strings.Contains(text, d.Serial) || d.ATA != nil && !strings.Contains(text, "ID_ATA=") {
			t.Errorf("%+v is not in %q", d, text)
		}
	})
}

package system

import (
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/stall/stalltest"

	"github.com/google/go-cmp/cmp"
)

// mountsReader reads the mounts of a procfs that has these in its mountinfo.
func mountsReader(t *testing.T, cfg Config, mountinfo string) Reader {
	t.Helper()
	cfg.ProcFS, cfg.SysFS = t.TempDir(), t.TempDir()
	if err := os.Mkdir(cfg.ProcFS+"/1", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.ProcFS+"/1/mountinfo", []byte(mountinfo), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestUnreadableMounts: what is wrong with the mounts of process 1 counts also where those of
// the exporter are not there.
func TestUnreadableMounts(t *testing.T) {
	cfg := Config{ProcFS: t.TempDir(), SysFS: t.TempDir()}
	if err := os.MkdirAll(cfg.ProcFS+"/1/mountinfo", 0o755); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Filesystems(); len(got) > 0 || err == nil || errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("%v, error %v; want an error of a file that cannot be read", got, err)
	}
}

func TestMounts(t *testing.T) {
	root := t.TempDir()
	r := mountsReader(t, Config{
		RootFS:      root,
		MountPoints: Filter{Exclude: regexp.MustCompile("^/(proc|hidden)($|/)")},
		FSTypes:     Filter{Exclude: regexp.MustCompile("^tmpfs$")},
	}, `22 1 259:2 / `+root+` rw,relatime shared:1 - ext4 /dev/sda2 rw
23 22 0:21 / /proc rw - proc proc rw
24 22 0:22 / /hidden/deep rw - ext4 /dev/sdb rw
25 22 0:23 / /tmp rw - tmpfs tmpfs rw
26 22 252:0 / /a\040b\134c ro - xfs /dev/mapper/a\040b rw
27 22 252:0 / /a\040b\134c rw - xfs /dev/mapper/a\040b rw
28 22 252:0 / `+root+`/e rw - ext4 /dev/sdc rw,emergency_ro
`)
	filesystems, err := r.Filesystems()
	if err != nil {
		t.Fatal(err)
	}
	type mount struct {
		Device, MountPoint, Major string
		ReadOnly, Failed          bool
	}
	var got []mount
	for _, f := range filesystems {
		got = append(got, mount{f.Device, f.MountPoint, f.Major, f.ReadOnly, f.Error != ""})
	}
	want := []mount{
		{"/dev/sda2", "/", "259", false, false},
		{"/dev/mapper/a b", `/a b\c`, "252", true, true},
		{"/dev/sdc", "/e", "252", true, true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if filesystems[0].Usage.SizeBytes == 0 || filesystems[0].Usage.Inodes == nil {
		t.Errorf("no metrics of %s: %+v", root, filesystems[0])
	}
}

// TestOddMounts: a line that is odd costs its mount only.
func TestOddMounts(t *testing.T) {
	text := strings.Join([]string{
		"22 1 259:2 / /a rw,relatime - ext4 /dev/sda2 rw",
		// WSL2 with Docker Desktop: blanks in the options.
		`1146 22 0:149 / /Docker/host rw,noatime - 9p drvfs rw,aname=drvfs;path=C:\Program Files\Docker\Docker\resources;symlinkroot=/mnt/,mmap`,
		"23 1 0:5 / /empty rw shared:1 master:2 -  tmpfs", // no type
		"24 1 0:6 / /nosource rw - tmpfs  ro",
		"25 1 8:x / /numbers rw - ext4 /dev/sdb rw",
		"26 1 8:1 / relative rw - ext4 /dev/sdc rw",
		"27 1 8:1 / /short - ext4 /dev/sdc rw",
		"28 1 8:1 / /nothing rw - ",
		"", "\x00\xff", "- - -",
		"29 1 8:1 / /crlf rw - ext4 /dev/sdd ro\r",
		"30 1 8:1 / /" + strings.Repeat("x", 1<<20) + " rw - ext4 /dev/sde rw",
		"31 1 8:1 / /last rw - ext4 /dev/sdf rw",
		"32 1 8:1 / /cut rw - ext4 /dev/sd",
	}, "\n")
	var d Damage
	got := parseMountinfo(text, &d)
	want := []mount{
		{"259", "2", "/a", "ext4", "/dev/sda2", false},
		{"0", "149", "/Docker/host", "9p", "drvfs", false},
		{"0", "6", "/nosource", "tmpfs", "", true},
		{"", "", "/numbers", "ext4", "/dev/sdb", false},
		{"8", "1", "/crlf", "ext4", "/dev/sdd", true},
		{"8", "1", "/last", "ext4", "/dev/sdf", false},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(mount{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantLost(t, &d, 9)
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "/plain": "/plain", `/a\040b`: "/a b", `\011\012\134`: "\t\n\\",
		`/end\`: `/end\`, `/end\04`: `/end\04`, `/x\999y`: `/x\999y`, `\777`: `\777`,
	} {
		if got := unescape(in); got != want {
			t.Errorf("unescape(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestStuckMountForReal(t *testing.T) {
	dir := stalltest.Mount(t)
	r := mountsReader(t, Config{MountTimeout: 200 * time.Millisecond},
		"22 1 0:44 / "+dir+" rw - fuse stuck rw\n23 1 0:2 / / rw - ext4 /dev/sda rw\n")
	for i, atMost := range []time.Duration{5 * time.Second, 100 * time.Millisecond} {
		began := time.Now()
		filesystems, err := r.Filesystems()
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > atMost {
			t.Errorf("scrape %d took %v", i, took)
		}
		if got := filesystems[0].Error; got != mountTimeout {
			t.Errorf("scrape %d: error %q, want %q", i, got, mountTimeout)
		}
		if filesystems[1].Error != "" || filesystems[1].Usage.SizeBytes == 0 {
			t.Errorf("scrape %d: the other mount: %+v", i, filesystems[1])
		}
	}
}

func FuzzUnescape(f *testing.F) {
	f.Add(`/a\040b\`)
	f.Fuzz(func(t *testing.T, s string) {
		if got := unescape(s); len(got) > len(s) || (!strings.Contains(s, `\`) && got != s) {
			t.Errorf("unescape(%q) = %q", s, got)
		}
	})
}

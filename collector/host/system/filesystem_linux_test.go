package system

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/stuck/stucktest"

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
		t.Errorf("no figures of %s: %+v", root, filesystems[0])
	}
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
	dir := stucktest.Mount(t)
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

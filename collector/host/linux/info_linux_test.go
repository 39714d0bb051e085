package linux_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"proctree/collector/host/linux"
)

func TestReadInfoOfThisHost(t *testing.T) {
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	got := linux.ReadInfo(linux.Config{})
	if got.Name != name || got.Platform != runtime.GOOS || got.Arch != runtime.GOARCH || got.Kernel == "" || got.CPUs < 1 {
		t.Errorf("got %+v", got)
	}
	if age := time.Since(got.BootTime); age < 0 || age > 20*365*24*time.Hour {
		t.Errorf("booted %v ago", age)
	}
}

func TestReadInfoBelowAnotherRoot(t *testing.T) {
	for _, test := range []struct{ path, line, want string }{
		{"etc/os-release", `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"`, "Debian GNU/Linux 12 (bookworm)"},
		{"etc/os-release", `PRETTY_NAME='Single'`, "Single"},
		{"etc/os-release", `PRETTY_NAME=Bare`, "Bare"},
		{"usr/lib/os-release", `PRETTY_NAME="Elsewhere"`, "Elsewhere"},
		{"etc/os-release", `ID=debian`, ""},
		{"etc/passwd", ``, ""},
	} {
		root := t.TempDir()
		path := filepath.Join(root, test.path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("ID=x\n"+test.line+"\nVERSION=1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := linux.ReadInfo(linux.Config{RootPath: root}); got.OS != test.want {
			t.Errorf("%s in %s: %q, want %q", test.line, test.path, got.OS, test.want)
		}
	}
}

func TestReadInfoNamesTheHostAndNotTheContainer(t *testing.T) {
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "etc/hostname"), []byte("db7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := linux.ReadInfo(linux.Config{RootPath: root}); got.Name != "db7" {
		t.Errorf("the host is %q, want db7", got.Name)
	}
}

package host

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIdentify(t *testing.T) {
	own, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if got := Identify(Config{ProcPath: t.TempDir()}); got != (Identity{Name: own}) {
		t.Errorf("without /proc: %+v, want the name %q alone", got, own)
	}

	proc, root := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(proc, "sys/kernel/osrelease"): "6.18.0-test\n",
		filepath.Join(root, "etc/hostname"):         " db7 \n",
	} {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want := Identity{Name: "db7", Kernel: "6.18.0-test"}
	if got := Identify(Config{ProcPath: proc, RootPath: root}); got != want {
		t.Errorf("in a container: %+v, want %+v", got, want)
	}
}

package textfile

import (
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestNoRegularFile: neither a pipe that nobody writes to nor a folder holds anybody up.
func TestNoRegularFile(t *testing.T) {
	dir := write(t, map[string]string{"good.prom": "x 1\n", "folder.prom/x": ""})
	if err := unix.Mkfifo(dir+"/pipe.prom", 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("good.prom", dir+"/link.prom"); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", dir+"/dangling.prom"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	families, read, failures := show(NewReader([]string{dir}).Read(), dir)
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
	if len(families) != 1 || len(read) != 2 {
		t.Errorf("families %v, files %v", families, read)
	}
	got := strings.Join(failures, "\n")
	for _, want := range []string{"folder.prom: not a regular file", "pipe.prom: not a regular file", "dangling.prom: no such file", "link.prom: x: 1 series for the second time"} {
		if !strings.Contains(got, want) {
			t.Errorf("errors without %q:\n%s", want, got)
		}
	}
}

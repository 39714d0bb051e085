package procfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadInto(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	buf := make([]byte, 8)
	for name, text := range map[string]string{"empty": "", "short": "up\n", "long": strings.Repeat("x", 100)} {
		n, err := ReadInto(write(name, text), buf)
		if want := text[:min(len(text), len(buf))]; err != nil || string(buf[:n]) != want {
			t.Errorf("%s: %q, error %v, want %q", name, buf[:n], err, want)
		}
	}
	if _, err := ReadInto(filepath.Join(dir, "none"), buf); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: error %v", err)
	}
	if _, err := ReadInto(dir, buf); err == nil {
		t.Error("a folder is no error")
	}
}

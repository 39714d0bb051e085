package host_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"proctree/collector/host"
)

func TestNewReaderRefuses(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nowhere")
	if _, err := host.NewReader(host.Config{ProcPath: missing}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("got %v, want an error that names %s", err, missing)
	}
}

func TestNewReaderRefusesUnknownModes(t *testing.T) {
	for want, cfg := range map[string]host.Config{
		`reader "ebpf" is none of auto, bpf, walk, iterator, procfs`: {Reader: "ebpf"},
		`exits "audit" is none of auto, bpf, taskstats, children`:    {Exits: "audit"},
	} {
		if _, err := host.NewReader(cfg); err == nil || err.Error() != want {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

package main

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestManualPage is about the heading: kingpin's own holds a version of several lines.
func TestManualPage(t *testing.T) {
	r := release{version: "1.0.0", time: commitTime}
	path := filepath.Join(t.TempDir(), "page.8.gz")
	if err := r.writeManualPage(path, ".TH x 1 many\nlines\n.SH \"NAME\"\nx\n.SH \"SYNOPSIS\"\n.TP\nflags\n"); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	const want = ".TH PROCTREE_EXPORTER 8 \"2026-01-02\" \"proctree 1.0.0\" \"System administration\"\n.ad l\n.SH \"NAME\"\n" +
		"proctree_exporter \\- Prometheus exporter of the processes of a host, and their live tree\n.SH \"SYNOPSIS\"\n.TP\nflags\n.SH \"COMMANDS\"\n"
	if !strings.HasPrefix(string(text), want) {
		t.Errorf("the page begins with %.300q, want %q", text, want)
	}
	if err := r.writeManualPage(path, "usage:"); err == nil {
		t.Error("a page without a SYNOPSIS is taken")
	}
}

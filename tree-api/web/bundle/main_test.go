package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestBundleIsUpToDate holds that the committed files are those of their sources.
func TestBundleIsUpToDate(t *testing.T) {
	files, err := bundle("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("../dist", name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("dist/%s is not that of its sources: run make generate (%v)", name, err)
		}
	}
	entries, err := os.ReadDir("../dist")
	if err != nil || len(entries) != len(files) {
		t.Errorf("dist has %d files, want %d, %v", len(entries), len(files), err)
	}
}

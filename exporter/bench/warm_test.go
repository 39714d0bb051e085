//go:build linux

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestWarm: each measurement comes after a scan that does not count.
func TestWarm(t *testing.T) {
	var calls []string
	c := &crew{}
	c.addWarm("row", func(context.Context) error {
		calls = append(calls, "warm")
		return nil
	}, func(context.Context) (sample, error) {
		calls = append(calls, "measured")
		return sample{}, nil
	})
	for range 2 {
		if _, err := c.probes[0].measure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"warm", "measured", "warm", "measured"}; !slices.Equal(calls, want) {
		t.Errorf("calls %v, want %v", calls, want)
	}
}

// TestReaderHasItsBenchmark: the package of the reader can move.
func TestReaderHasItsBenchmark(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("../..", strings.TrimPrefix(readerPackage, "proctree/"), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(files, func(file string) bool {
		text, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(text), "func "+readerBenchmark+"(") && strings.Contains(string(text), `b.Run("whole"`)
	}) {
		t.Errorf("no %s with a part whole in %s", readerBenchmark, readerPackage)
	}
}

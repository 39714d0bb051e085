//go:build linux

package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPromisesHaveTests: each promise of docs/promises.md names at least one test, and each test
// that it names is in the file that it names.
func TestPromisesHaveTests(t *testing.T) {
	test := regexp.MustCompile("\\[`([^`]+)`\\]\\((\\.\\./[^)]+)\\)")
	promises := 0
	for line := range strings.Lines(readText(t, "../docs/promises.md")) {
		promise, tests, ok := strings.Cut(strings.TrimPrefix(line, "| "), " | ")
		if !ok || !strings.HasPrefix(line, "| ") || promise == "promise" {
			continue
		}
		promises++
		found := test.FindAllStringSubmatch(tests, -1)
		if len(found) == 0 || strings.Count(tests, "`") != 2*len(found) {
			t.Errorf("%s: want tests, each as [`TestName`](../file)", promise)
		}
		for _, m := range found {
			if name, file := m[1], m[2]; !hasTest(file, name) {
				t.Errorf("%s: there is no test %s in %s", promise, name, file)
			}
		}
	}
	if promises < 50 {
		t.Errorf("only %d promises were found: is the table another one?", promises)
	}
}

// hasTest reports whether a file below docs/ has a test: a function of Go, or a case in YAML
// whose name begins with that of the test.
func hasTest(file, name string) bool {
	text, err := os.ReadFile(filepath.Join("../docs", file))
	if err != nil {
		return false
	}
	if strings.HasSuffix(file, "_test.go") {
		return regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(name) + `\(`).Match(text)
	}
	return regexp.MustCompile(`(?m)^- name: "?` + regexp.QuoteMeta(name)).Match(text)
}

// TestHasTest: what TestPromisesHaveTests finds, and what it misses.
func TestHasTest(t *testing.T) {
	const here = "../exporter/docs_promises_test.go"
	for _, tt := range []struct {
		file, name string
		want       bool
	}{
		{here, "TestHasTest", true},
		{here, "TestHas", false},
		{here, "TestOfNothing", false},
		{"../exporter/nowhere_test.go", "TestHasTest", false},
		{"../alerting-rules/tests/host_test.yml", "HostMemoryLow: 92 % used", true},
		{"../alerting-rules/tests/host_test.yml", "HostMemoryLow: nothing of the kind", false},
	} {
		if got := hasTest(tt.file, tt.name); got != tt.want {
			t.Errorf("hasTest(%q, %q) = %v", tt.file, tt.name, got)
		}
	}
}

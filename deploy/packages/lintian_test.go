package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestLintian asks Debian's own critic of packages.
func TestLintian(t *testing.T) {
	lintian, err := exec.LookPath("lintian")
	if err != nil {
		t.Skip("SKIPPED: the Debian package is not held against the policy, for there is no lintian")
	}
	deb := find(t, makeRelease(t, "../..", "v1.0.0"), ".deb")
	// What it finds is its output; what it exits with depends on how bad that is.
	out, err := exec.CommandContext(t.Context(), lintian, "--allow-root", deb).CombinedOutput()
	if len(out) == 0 {
		t.Fatalf("lintian says nothing, not even of the static program: %v", err)
	}
	accepted := []string{
		"statically-linked-binary", // On purpose.
		"unknown-field License",    // nfpm writes it.
	}
findings:
	for line := range strings.Lines(string(out)) {
		for _, known := range accepted {
			if strings.Contains(line, ": "+known) {
				continue findings
			}
		}
		t.Errorf("%s", strings.TrimSpace(line))
	}
}

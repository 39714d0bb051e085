// Package alertmanager tests the configuration and the templates beside it with the real
// Alertmanager and amtool.
package alertmanager

import (
	"bytes"
	"os/exec"
	"testing"

	"proctree/deploy/programs"
)

// tool returns the path of a program of Alertmanager's own, of which `make test` puts pinned
// versions on PATH.
func tool(tb testing.TB, name string) string {
	tb.Helper()
	return programs.Tool(tb, name, "`make test` builds it")
}

// amtool returns what the real amtool prints, and fails the test if amtool complains.
func amtool(tb testing.TB, args ...string) string {
	tb.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(tb.Context(), tool(tb, "amtool"), args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		tb.Fatalf("amtool %q: %v\n%s%s", args, err, stdout.String(), stderr.String())
	}
	return stdout.String()
}

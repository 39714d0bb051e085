package programs

import (
	"os/exec"
	"testing"
	"time"
)

// Tool returns the path of a program, or skips the test and says how to get the program.
func Tool(tb testing.TB, name, how string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		tb.Skipf("NOT TESTED with the real %s: it is not on PATH: %s", name, how)
	}
	return path
}

// Run is Start for a test: the program is killed at the end of the test, and what it wrote is
// shown if the test failed.
func Run(tb testing.TB, c Config) *Program {
	tb.Helper()
	p, err := Start(tb.Context(), c)
	return p.untilTheEnd(tb, err)
}

// RunCommand is StartCommand for a test.
func RunCommand(tb testing.TB, cmd *exec.Cmd, address, ready string) *Program {
	tb.Helper()
	p, err := StartCommand(tb.Context(), cmd, address, ready)
	return p.untilTheEnd(tb, err)
}

// untilTheEnd fails the test if the program did not start, and ends it with the test.
func (p *Program) untilTheEnd(tb testing.TB, err error) *Program {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		p.Kill()
		if tb.Failed() {
			tb.Logf("%s wrote:\n%s", p.Name(), p.Output())
		}
	})
	return p
}

// Await waits in a test until a condition holds, and fails the test after the patience.
func Await(tb testing.TB, what string, patience time.Duration, holds func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			tb.Fatalf("no %s within %v", what, patience)
		}
	}
}

// Address is FreeAddress for a test.
func Address(tb testing.TB) string {
	tb.Helper()
	address, err := FreeAddress(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return address
}

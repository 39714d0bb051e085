//go:build linux

package main

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain lets the test binary be a worker, as the bench itself can be.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == workerCommand {
		exit(runWorker(os.Args[2], os.Stdin, os.Stdout))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if p, err := compiled(); err == nil {
			_ = os.RemoveAll(p.dir)
		}
		os.Exit(code)
	}))
}

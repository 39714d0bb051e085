package main

import "testing"

// TestFilesAreCurrent fails when the table was changed and "make generate" did not run.
func TestFilesAreCurrent(t *testing.T) {
	stale, err := staleFiles("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for path := range stale {
		t.Errorf("%s is not what follows from collector/metric/table.go: run make generate", path)
	}
}

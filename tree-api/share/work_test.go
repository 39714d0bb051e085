package share_test

import (
	"strconv"
	"testing"
	"time"

	"proctree/tree-api/share"
)

func TestWork(t *testing.T) {
	work, now := share.NewWork(), time.Now()
	spend := func(caller string, steps int, want time.Duration) {
		t.Helper()
		if got := work.Spend(caller, steps, now); got != want {
			t.Errorf("%s waits %v, want %v", caller, got, want)
		}
	}
	spend("a", share.WorkAtOnce, 0)
	spend("a", 1, time.Second)
	spend("a", 90_000_000, 2*time.Second)
	spend("b", share.WorkAtOnce/2, 0)
	now = now.Add(2 * time.Second)
	spend("a", 90_000_000, 0)
	spend("a", 90_000_000, time.Second)
	now = now.Add(-time.Hour) // The clock is set back.
	spend("a", 90_000_000, time.Second)
	now = now.Add(2 * time.Hour)
	// What is more than anybody may use goes through once, and is paid for afterwards.
	spend("a", 2*share.WorkAtOnce, 0)
	spend("a", 1, 11*time.Second)
	for i := range 10_000 {
		spend(strconv.Itoa(i), 1, 0)
	}
}

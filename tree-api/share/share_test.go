package share_test

import (
	"strconv"
	"testing"
	"time"

	"proctree/tree-api/share"
)

// take takes places until there are none for the caller.
func take(places *share.Places, caller string) (releases []func()) {
	for {
		release, ok := places.Take(caller)
		if !ok {
			return releases
		}
		releases = append(releases, release)
	}
}

func TestPlaces(t *testing.T) {
	for _, test := range []struct{ most, first, second, third int }{
		{40, 30, 10, 0}, {8, 6, 2, 0}, {2, 2, 0, 0}, {1, 1, 0, 0}, {4, 3, 1, 0},
	} {
		places := share.NewPlaces(test.most)
		first := take(places, "a")
		second, third := take(places, "b"), take(places, "c")
		if len(first) != test.first || len(second) != test.second || len(third) != test.third || places.Taken() != min(test.most, test.first+test.second) {
			t.Errorf("%d places: %d, %d and %d, want %d, %d and %d", test.most, len(first), len(second), len(third), test.first, test.second, test.third)
		}
		for _, release := range first {
			release()
			release() // Twice is once.
		}
		if places.Taken() != len(second) {
			t.Errorf("%d places: %d are taken in the end", test.most, places.Taken())
		}
	}
	// Who is not alone has less.
	places := share.NewPlaces(40)
	if _, ok := places.Take("b"); !ok {
		t.Fatal("no place for the first")
	}
	if got := len(take(places, "a")); got != 15 {
		t.Errorf("the second has %d places, want 15", got)
	}
}

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

package share_test

import (
	"testing"

	"proctree/tree-api/share"
)

// take takes slots until there are none for the caller.
func take(limiter *share.Limiter, caller string) (releases []func()) {
	for {
		release, ok := limiter.Take(caller)
		if !ok {
			return releases
		}
		releases = append(releases, release)
	}
}

func TestLimiter(t *testing.T) {
	for _, test := range []struct{ most, first, second, third int }{
		{40, 30, 4, 2}, {8, 6, 1, 1}, {2, 2, 0, 0}, {1, 1, 0, 0}, {4, 3, 1, 0},
	} {
		limiter := share.NewLimiter(test.most)
		first := take(limiter, "a")
		second, third := take(limiter, "b"), take(limiter, "c")
		if len(first) != test.first || len(second) != test.second || len(third) != test.third || limiter.Taken() != test.first+test.second+test.third {
			t.Errorf("%d limiter: %d, %d and %d, want %d, %d and %d", test.most, len(first), len(second), len(third), test.first, test.second, test.third)
		}
		for _, release := range first {
			release()
			release() // Twice is once.
		}
		if limiter.Taken() != len(second)+len(third) {
			t.Errorf("%d limiter: %d are taken in the end", test.most, limiter.Taken())
		}
	}
	// Who is not alone has less.
	limiter := share.NewLimiter(40)
	if _, ok := limiter.Take("b"); !ok {
		t.Fatal("no place for the first")
	}
	if got := len(take(limiter, "a")); got != 15 {
		t.Errorf("the second has %d limiter, want 15", got)
	}
}

// TestNewcomersHaveASlot: whatever two callers take together, in whatever order.
func TestNewcomersHaveASlot(t *testing.T) {
	for most := 8; most <= 64; most++ {
		for turn := 1; turn <= most; turn++ {
			limiter := share.NewLimiter(most)
			for i := range 4 * most {
				limiter.Take([]string{"a", "b"}[i/turn%2])
			}
			if taken := limiter.Taken(); len(take(limiter, "c")) == 0 {
				t.Errorf("of %d slots two callers, %d at a time, take %d; none is left", most, turn, taken)
			}
		}
	}
}

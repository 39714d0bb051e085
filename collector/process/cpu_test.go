package process

import (
	"math/rand/v2"
	"testing"
	"time"
)

func TestSplit(t *testing.T) {
	const ms = time.Millisecond
	day := 24 * time.Hour
	for _, tc := range []struct {
		name        string
		times       CPUAccount
		shown, want CPU
	}{
		{name: "nothing"},
		{name: "no sample is user time", times: CPUAccount{Run: 3 * ms}, want: CPU{User: 3 * ms}},
		{name: "no system sample", times: CPUAccount{Run: 3 * ms, CPU: CPU{User: 8 * ms}}, want: CPU{User: 3 * ms}},
		{name: "no user sample", times: CPUAccount{Run: 3 * ms, CPU: CPU{System: 8 * ms}}, want: CPU{System: 3 * ms}},
		{
			name: "scaled", times: CPUAccount{Run: 30 * ms, CPU: CPU{User: 8 * ms, System: 4 * ms}},
			want: CPU{20 * ms, 10 * ms},
		},
		{
			name:  "years on many CPUs do not overflow",
			times: CPUAccount{Run: 30000 * day, CPU: CPU{User: 20000 * day, System: 20000 * day}}, want: CPU{15000 * day, 15000 * day},
		},
		{
			name: "system does not fall", times: CPUAccount{Run: 12 * ms, CPU: CPU{User: 8 * ms, System: 4 * ms}},
			shown: CPU{System: 10 * ms}, want: CPU{2 * ms, 10 * ms},
		},
		{
			name: "user does not fall", times: CPUAccount{Run: 12 * ms, CPU: CPU{User: 4 * ms, System: 4 * ms}},
			shown: CPU{User: 10 * ms}, want: CPU{10 * ms, 2 * ms},
		},
		{
			name: "the sum does not fall", times: CPUAccount{Run: 12 * ms, CPU: CPU{User: 4 * ms, System: 4 * ms}},
			shown: CPU{10 * ms, 3 * ms}, want: CPU{10 * ms, 3 * ms},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.times.Split(tc.shown); got != tc.want {
				t.Errorf("split after %+v is %+v, want %+v", tc.shown, got, tc.want)
			}
		})
	}
}

// However the samples fall, neither part ever falls, and the sum is the run time.
func TestSplitNeverFalls(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var times CPUAccount
	var shown CPU
	for range 100_000 {
		times.Run += time.Duration(random.IntN(5_000_000))
		times.User += time.Duration(random.IntN(3)) * 4 * time.Millisecond
		times.System += time.Duration(random.IntN(3)) * 4 * time.Millisecond
		now := times.Split(shown)
		if now.User < shown.User || now.System < shown.System || now.Total() != times.Run {
			t.Fatalf("%+v after %+v: %+v", times, shown, now)
		}
		shown = now
	}
}

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
		name                    string
		times                   CPUAccount
		shownUser, shownSystem  time.Duration
		wantUser, wantSystemDur time.Duration
	}{
		{name: "nothing"},
		{name: "no sample is user time", times: CPUAccount{Run: 3 * ms}, wantUser: 3 * ms},
		{name: "no system sample", times: CPUAccount{Run: 3 * ms, User: 8 * ms}, wantUser: 3 * ms},
		{name: "no user sample", times: CPUAccount{Run: 3 * ms, System: 8 * ms}, wantSystemDur: 3 * ms},
		{
			name: "scaled", times: CPUAccount{Run: 30 * ms, User: 8 * ms, System: 4 * ms},
			wantUser: 20 * ms, wantSystemDur: 10 * ms,
		},
		{
			name:  "years on many CPUs do not overflow",
			times: CPUAccount{Run: 30000 * day, User: 20000 * day, System: 20000 * day}, wantUser: 15000 * day, wantSystemDur: 15000 * day,
		},
		{
			name: "system does not fall", times: CPUAccount{Run: 12 * ms, User: 8 * ms, System: 4 * ms},
			shownSystem: 10 * ms, wantUser: 2 * ms, wantSystemDur: 10 * ms,
		},
		{
			name: "user does not fall", times: CPUAccount{Run: 12 * ms, User: 4 * ms, System: 4 * ms},
			shownUser: 10 * ms, wantUser: 10 * ms, wantSystemDur: 2 * ms,
		},
		{
			name: "the sum does not fall", times: CPUAccount{Run: 12 * ms, User: 4 * ms, System: 4 * ms},
			shownUser: 10 * ms, shownSystem: 3 * ms, wantUser: 10 * ms, wantSystemDur: 3 * ms,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			user, system := tc.times.Split(tc.shownUser, tc.shownSystem)
			if user != tc.wantUser || system != tc.wantSystemDur {
				t.Errorf("split(%v, %v) = %v user, %v system; want %v, %v",
					tc.shownUser, tc.shownSystem, user, system, tc.wantUser, tc.wantSystemDur)
			}
		})
	}
}

// However the samples fall, neither part ever falls, and the sum is the run time.
func TestSplitNeverFalls(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var times CPUAccount
	var user, system time.Duration
	for range 100_000 {
		times.Run += time.Duration(random.IntN(5_000_000))
		times.User += time.Duration(random.IntN(3)) * 4 * time.Millisecond
		times.System += time.Duration(random.IntN(3)) * 4 * time.Millisecond
		nowUser, nowSystem := times.Split(user, system)
		if nowUser < user || nowSystem < system || nowUser+nowSystem != times.Run {
			t.Fatalf("%+v after %v and %v: %v and %v", times, user, system, nowUser, nowSystem)
		}
		user, system = nowUser, nowSystem
	}
}

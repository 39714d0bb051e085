package host

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
		times                   cpuTimes
		shownUser, shownSystem  time.Duration
		wantUser, wantSystemDur time.Duration
	}{
		{name: "nothing"},
		{name: "no sample is user time", times: cpuTimes{run: 3 * ms}, wantUser: 3 * ms},
		{name: "no system sample", times: cpuTimes{run: 3 * ms, user: 8 * ms}, wantUser: 3 * ms},
		{name: "no user sample", times: cpuTimes{run: 3 * ms, system: 8 * ms}, wantSystemDur: 3 * ms},
		{
			name: "scaled", times: cpuTimes{run: 30 * ms, user: 8 * ms, system: 4 * ms},
			wantUser: 20 * ms, wantSystemDur: 10 * ms,
		},
		{
			name:  "years on many CPUs do not overflow",
			times: cpuTimes{run: 30000 * day, user: 20000 * day, system: 20000 * day}, wantUser: 15000 * day, wantSystemDur: 15000 * day,
		},
		{
			name: "system does not fall", times: cpuTimes{run: 12 * ms, user: 8 * ms, system: 4 * ms},
			shownSystem: 10 * ms, wantUser: 2 * ms, wantSystemDur: 10 * ms,
		},
		{
			name: "user does not fall", times: cpuTimes{run: 12 * ms, user: 4 * ms, system: 4 * ms},
			shownUser: 10 * ms, wantUser: 10 * ms, wantSystemDur: 2 * ms,
		},
		{
			name: "the sum does not fall", times: cpuTimes{run: 12 * ms, user: 4 * ms, system: 4 * ms},
			shownUser: 10 * ms, shownSystem: 3 * ms, wantUser: 10 * ms, wantSystemDur: 3 * ms,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			user, system := tc.times.split(tc.shownUser, tc.shownSystem)
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
	var times cpuTimes
	var user, system time.Duration
	for range 100_000 {
		times.run += time.Duration(random.IntN(5_000_000))
		times.user += time.Duration(random.IntN(3)) * 4 * time.Millisecond
		times.system += time.Duration(random.IntN(3)) * 4 * time.Millisecond
		nowUser, nowSystem := times.split(user, system)
		if nowUser < user || nowSystem < system || nowUser+nowSystem != times.run {
			t.Fatalf("%+v after %v and %v: %v and %v", times, user, system, nowUser, nowSystem)
		}
		user, system = nowUser, nowSystem
	}
}

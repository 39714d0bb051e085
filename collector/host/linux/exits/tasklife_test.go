package exits

import (
	"testing"
	"time"

	"proctree/collector/process"
)

func TestRunTimeOfExitRecord(t *testing.T) {
	const ms, clockTick = time.Millisecond, 4 * time.Millisecond
	for _, tc := range []struct {
		name   string
		life   taskLife
		booked process.CPUAccount
		want   time.Duration
	}{
		{"never slept", taskLife{elapsed: 9 * ms, waited: 3 * ms, stints: 2}, process.CPUAccount{Run: 4 * ms}, 6 * ms},
		{"never slept nor met a tick", taskLife{elapsed: ms, stints: 1}, process.CPUAccount{}, ms},
		{"the parent was long in forking", taskLife{elapsed: 90 * ms, stints: 1}, process.CPUAccount{Run: 2 * ms}, 6 * ms},
		{"slept", taskLife{elapsed: 90 * ms, stints: 4, sleeps: 3}, process.CPUAccount{Run: 4 * ms}, 5 * ms},
		{"slept between long stints", taskLife{elapsed: 90 * ms, stints: 2, sleeps: 1}, process.CPUAccount{Run: 20 * ms}, 22 * ms},
		{"slept and had no time for more", taskLife{elapsed: 9 * ms, waited: 4 * ms, stints: 2, sleeps: 1}, process.CPUAccount{Run: 5 * ms}, 5 * ms},
		{"clocks that disagree", taskLife{elapsed: 4 * ms, waited: ms, stints: 1}, process.CPUAccount{Run: 5 * ms}, 5 * ms},
		{"a kernel that does not count stints", taskLife{elapsed: 9 * ms}, process.CPUAccount{CPU: process.CPU{User: 4 * ms, System: 4 * ms}}, 8 * ms},
	} {
		if got := tc.life.runTime(tc.booked, clockTick); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

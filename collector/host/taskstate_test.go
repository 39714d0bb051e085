package host

import "testing"

func TestStateOfTask(t *testing.T) {
	for _, tc := range []struct {
		name             string
		state, exitState uint32
		want             State
	}{
		{"running", 0, 0, Running},
		{"interruptible", 0x1, 0, Sleeping},
		{"interruptible and freezable", 0x2001, 0, Sleeping},
		{"uninterruptible", 0x2, 0, Blocked},
		{"killable", 0x102, 0, Blocked},
		{"stopped", 0x104, 0, Stopped},
		{"traced", 0x8, 0, Stopped},
		{"dead", 0x80, 0x10, Zombie},
		{"zombie", 0x80, 0x20, Zombie},
		{"parked", 0x40, 0, Other},
		{"idle kernel thread", 0x402, 0, Sleeping},
		{"waiting for a lock that sleeps", 0x1000, 0, Blocked},
		{"frozen", 0x8000, 0, Blocked},
		{"new", 0x800, 0, Running},
	} {
		if got := stateOfTask(tc.state, tc.exitState); got != tc.want {
			t.Errorf("%s: stateOfTask(%#x, %#x) = %v, want %v", tc.name, tc.state, tc.exitState, got, tc.want)
		}
	}
}

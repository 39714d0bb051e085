package bpf

import (
	"testing"

	"proctree/collector/process"
)

func TestStateOfTask(t *testing.T) {
	for _, tc := range []struct {
		name             string
		state, exitState uint32
		want             process.State
	}{
		{"running", 0, 0, process.Running},
		{"interruptible", 0x1, 0, process.Sleeping},
		{"interruptible and freezable", 0x2001, 0, process.Sleeping},
		{"uninterruptible", 0x2, 0, process.Blocked},
		{"killable", 0x102, 0, process.Blocked},
		{"stopped", 0x104, 0, process.Stopped},
		{"traced", 0x8, 0, process.Stopped},
		{"dead", 0x80, 0x10, process.Zombie},
		{"zombie", 0x80, 0x20, process.Zombie},
		{"parked", 0x40, 0, process.Other},
		{"idle kernel thread", 0x402, 0, process.Sleeping},
		{"waiting for a lock that sleeps", 0x1000, 0, process.Blocked},
		{"frozen", 0x8000, 0, process.Blocked},
		{"new", 0x800, 0, process.Running},
	} {
		if got := stateOfTask(tc.state, tc.exitState); got != tc.want {
			t.Errorf("%s: stateOfTask(%#x, %#x) = %v, want %v", tc.name, tc.state, tc.exitState, got, tc.want)
		}
	}
}

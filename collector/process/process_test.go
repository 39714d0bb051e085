package process

import "testing"

func TestCanParent(t *testing.T) {
	child := ID{PID: 50, StartTicks: 100}
	for _, tt := range []struct {
		name   string
		parent ID
		want   bool
	}{
		{"older", ID{PID: 10, StartTicks: 99}, true},
		{"older, with a higher PID", ID{PID: 90, StartTicks: 99}, true},
		{"same tick, lower PID", ID{PID: 10, StartTicks: 100}, true},
		{"same tick, higher PID", ID{PID: 90, StartTicks: 100}, false},
		{"younger: the PID was used again", ID{PID: 10, StartTicks: 101}, false},
		{"itself", child, false},
	} {
		if got := tt.parent.CanParent(child); got != tt.want {
			t.Errorf("%s: %t, want %t", tt.name, got, tt.want)
		}
	}
}

package process

import (
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	boot := time.Date(2026, 3, 4, 5, 6, 7, 500_000_000, time.UTC)
	windows := Clock{Epoch: time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC), TicksPerSecond: 10_000_000}
	for _, tt := range []struct {
		name  string
		clock Clock
		tick  uint64
		want  time.Time
	}{
		{"no unit", Clock{Epoch: boot}, 99, boot},
		{"Linux", Clock{Epoch: boot, TicksPerSecond: 100}, 12_345, boot.Add(123_450 * time.Millisecond)},
		{"Windows, the beginning of Unix time", windows, 116_444_736_000_000_000, time.Unix(0, 0)},
		{"Windows, four centuries after the epoch", windows, 134_000_000_012_345_678, time.Unix(1_755_526_401, 234_567_800)},
		{"microseconds", Clock{Epoch: time.Unix(0, 0), TicksPerSecond: 1_000_000}, 1_755_526_401_234_567, time.Unix(1_755_526_401, 234_567_000)},
	} {
		if got := tt.clock.Time(tt.tick); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got.UTC(), tt.want.UTC())
		}
	}
}

func TestBootTime(t *testing.T) {
	epoch, boot := time.Unix(0, 0), time.Unix(1_700_000_000, 0)
	s := &Snapshot{Clock: Clock{Epoch: epoch}}
	if got := s.BootTime(); !got.Equal(epoch) {
		t.Errorf("without a boot time of its own: %v", got)
	}
	s.System.BootTime = boot
	if got := s.BootTime(); !got.Equal(boot) {
		t.Errorf("with one: %v", got)
	}
}

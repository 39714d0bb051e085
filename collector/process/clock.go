package process

import "time"

// Clock relates start ticks to wall-clock time. Epoch may move between snapshots when
// somebody sets the clock; ticks do not.
type Clock struct {
	// Epoch is the wall-clock time of tick 0: the boot on Linux.
	Epoch time.Time
	// TicksPerSecond is the unit: 100 on Linux (USER_HZ).
	TicksPerSecond uint64
	// Now is the tick at which the scan began.
	Now uint64
}

// Age returns how long ago a tick was at the scan.
func (c Clock) Age(tick uint64) time.Duration {
	if c.TicksPerSecond == 0 || tick >= c.Now {
		return 0
	}
	return time.Duration(float64(c.Now-tick) / float64(c.TicksPerSecond) * float64(time.Second))
}

// Time returns the wall-clock time of a tick.
func (c Clock) Time(tick uint64) time.Time {
	if c.TicksPerSecond == 0 {
		return c.Epoch
	}
	// A Duration holds 292 years, and the ticks of Windows count from 1601.
	whole := c.Epoch.Unix() + int64(tick/c.TicksPerSecond)
	part := time.Duration(tick%c.TicksPerSecond) * time.Second / time.Duration(c.TicksPerSecond)
	return time.Unix(whole, int64(c.Epoch.Nanosecond())).In(c.Epoch.Location()).Add(part)
}

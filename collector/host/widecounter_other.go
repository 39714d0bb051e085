//go:build !linux

package host

// wideCounter makes 64 bits of a kernel's counter of 32 bits, which wraps round.
type wideCounter struct {
	last uint32
	wide uint64
}

// add takes over what the counter is now.
func (c *wideCounter) add(now uint32) uint64 {
	c.wide += uint64(now - c.last)
	c.last = now
	return c.wide
}

// faultCounters are the page faults of processes: of all kinds, and from disk.
type faultCounters struct{ all, hard wideCounter }

// add returns the faults without and with reading from disk.
func (c *faultCounters) add(all, hard uint32) (minor, major uint64) {
	a, h := c.all.add(all), c.hard.add(hard)
	return a - min(h, a), h
}

package portable

// WideCounter makes 64 bits of a kernel's counter of 32 bits, which wraps round.
type WideCounter struct {
	last uint32
	wide uint64
}

// Add takes over what the counter is now.
func (c *WideCounter) Add(now uint32) uint64 {
	c.wide += uint64(now - c.last)
	c.last = now
	return c.wide
}

// Faults are the page faults of processes: of all kinds, and from disk.
type Faults struct{ all, hard WideCounter }

// Add returns the faults without and with reading from disk.
func (c *Faults) Add(all, hard uint32) (minor, major uint64) {
	a, h := c.all.Add(all), c.hard.Add(hard)
	return a - min(h, a), h
}

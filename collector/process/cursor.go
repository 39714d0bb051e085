package process

// Cursor finds processes in a table that is sorted by PID, for a caller that asks in the
// order of PIDs too: both tables are walked once.
type Cursor struct {
	table []*Process
	at    int
}

// NewCursor returns a Cursor at the beginning of a table.
func NewCursor(table []*Process) Cursor { return Cursor{table: table} }

// Seek returns the index of the process with that PID, and false if there is none. No PID
// may be lower than the one before.
func (c *Cursor) Seek(pid int) (index int, ok bool) {
	for c.at < len(c.table) && c.table[c.at].PID < pid {
		c.at++
	}
	return c.at, c.at < len(c.table) && c.table[c.at].PID == pid
}

// Find returns the process with that identity, or nil. The order is that of Seek.
func (c *Cursor) Find(id ID) *Process {
	if i, ok := c.Seek(id.PID); ok && c.table[i].ID == id {
		return c.table[i]
	}
	return nil
}

// Package sockets finds which process holds which TCP and UDP sockets. The kernel has no
// list of that: it has the sockets of a network namespace on one side, the descriptors of
// each process on the other, and the number of the socket's inode on both.
package sockets

import (
	"cmp"
	"time"

	"proctree/collector/process"
)

// Protocol is what a socket speaks, over IPv4 or IPv6.
type Protocol uint8

// The protocols.
const (
	TCP Protocol = iota
	UDP
	NumProtocols int = iota
)

// String returns the protocol as a label value.
func (p Protocol) String() string { return [...]string{"tcp", "udp"}[p] }

// State is what a socket is doing.
type State uint8

// The states.
const (
	// Established is connected; of UDP, with a peer set by connect(2).
	Established State = iota
	// Listening waits for connections; of UDP, takes datagrams from anybody.
	Listening
	// Other is being opened or closed.
	Other
	NumStates int = iota
)

// String returns the state as a label value.
func (s State) String() string { return [...]string{"established", "listening", "other"}[s] }

// Socket is one socket of a process. Processes that inherited it have the same Inode.
type Socket struct {
	Inode    uint64
	Protocol Protocol
	State    State
}

// Result is what is known after a reading.
type Result struct {
	// ByProcess has the sockets of every process that was read, without those of other
	// protocols.
	ByProcess map[process.ID][]Socket
	// Unread counts the processes of which nothing is known: there was no time yet, or the
	// kernel refuses.
	Unread int
}

// Config sets up a Reader. The zero value of a field is its default.
type Config struct {
	// ProcPath is where the proc file system is mounted; "/proc".
	ProcPath string
	// Budget bounds the time of one reading of descriptors, and again that of one reading
	// of the sockets; DefaultBudget. What there is no time for keeps its last known
	// descriptors, and is the first the next time.
	Budget time.Duration
}

// DefaultBudget is enough for some thousands of processes with a few descriptors each.
const DefaultBudget = 100 * time.Millisecond

func (c Config) withDefaults() Config {
	c.ProcPath = cmp.Or(c.ProcPath, "/proc")
	c.Budget = cmp.Or(c.Budget, DefaultBudget)
	return c
}

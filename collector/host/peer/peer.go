// Package peer finds out whose program is at the other end of a connection from this host,
// and how much the system shows to that account.
package peer

import "net"

// Sight is how much the system shows an account of the processes of others.
type Sight uint8

// What accounts see.
const (
	// Unknown is that the system cannot tell whose program it is.
	Unknown Sight = iota
	// Nothing is for a system that hides the processes of others (hidepid, proc(5)).
	Nothing
	// Public is what every account may see, without what is kept for a process' owner.
	Public
	// All is whatever this program sees.
	All
)

// Account is whose program is at the other end.
type Account struct {
	Sight Sight
	// Name tells accounts apart, such as "1000" by its user ID; empty if it is not known.
	Name string
}

// Config sets up the finding.
type Config struct {
	// ProcPath is where the proc file system of the host is mounted.
	ProcPath string
	// Privileged is that this program sees more than its account does by itself, such as by
	// an iterator that was left for it.
	Privileged bool
}

// HidesProcesses reports whether the system hides the processes of others from ordinary accounts
// (hidepid, proc(5)).
func HidesProcesses(cfg Config) bool { return hides(cfg) }

// Of returns the account at the other end of a connection. The connection has to come from
// this host. With an error, the account is one of which nothing is known.
func Of(conn net.Conn, cfg Config) (Account, error) {
	// A TLS connection has another one inside.
	if tls, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = tls.NetConn()
	}
	return accountOf(conn, cfg)
}

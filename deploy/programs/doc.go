// Package programs starts the programs that a test or a bench needs, on loopback: it finds a
// free port, waits until the program is ready, ends it, and keeps what it has written. It is a
// module of its own without dependencies, so that each module of this repository can use it.
package programs

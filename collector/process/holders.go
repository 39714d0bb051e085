package process

// Held is something that processes have open: a port or a file.
type Held struct {
	// Port is the local or remote port of a TCP or UDP socket; 0 for none.
	Port uint16
	// File is a part of the path of a file; "" for none.
	File string
}

// MaxHeld is how many things can be looked for at once.
const MaxHeld = 32

// Holders are the processes that have some sockets or files open.
type Holders struct {
	// By has a bit for each thing that a process has open, in the order they were asked for.
	By map[ID]uint32
	// Unread counts the processes that could not be looked into: the kernel refuses, or there was
	// no time.
	Unread int
}

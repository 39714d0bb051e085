package sockets

import (
	"bytes"
	"strconv"
)

// Columns of a line of /proc/net/tcp and its kin (proc_pid_net(5)).
const (
	columnState = 3
	columnInode = 9
)

// The states of include/net/tcp_states.h that have a meaning of their own here.
const (
	tcpEstablished = 1
	tcpClose       = 7
	tcpListen      = 10
)

// parseLine returns the socket of a line. ok is false for the head, for a line that is
// none, and for a socket that no process has: its inode is 0.
func parseLine(line []byte, protocol Protocol) (s Socket, ok bool) {
	column := 0
	var state uint64
	for field := range bytes.FieldsSeq(line) {
		var err error
		switch column {
		case columnState:
			if state, err = strconv.ParseUint(string(field), 16, 8); err != nil {
				return Socket{}, false
			}
		case columnInode:
			s = Socket{Protocol: protocol, State: stateOf(protocol, state)}
			s.Inode, err = strconv.ParseUint(string(field), 10, 64)
			return s, err == nil && s.Inode != 0
		}
		column++
	}
	return Socket{}, false
}

func stateOf(protocol Protocol, state uint64) State {
	switch {
	case state == tcpEstablished:
		return Established
	case protocol == TCP && state == tcpListen, protocol == UDP && state == tcpClose:
		return Listening
	}
	return Other
}

// parseTarget returns the inode of a descriptor that points at "socket:[INODE]".
func parseTarget(target []byte) (inode uint64, ok bool) {
	rest, ok := bytes.CutPrefix(target, []byte("socket:["))
	if !ok {
		return 0, false
	}
	number, ok := bytes.CutSuffix(rest, []byte("]"))
	if !ok {
		return 0, false
	}
	inode, err := strconv.ParseUint(string(number), 10, 64)
	return inode, err == nil && inode != 0
}

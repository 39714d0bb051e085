package sockets

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"

	"proctree/collector/process"
)

// Columns of a line of /proc/net/tcp and its kin with the addresses (proc_pid_net(5)).
const (
	columnLocal  = 1
	columnRemote = 2
)

// tcpStates are those of include/net/tcp_states.h, from 1 on.
var tcpStates = [...]string{
	"", "established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait", "last_ack",
	"listen", "closing", "new_syn_recv",
}

// Endpoint is a socket with what it connects.
type Endpoint struct {
	Inode         uint64
	Protocol      Protocol
	Local, Remote netip.AddrPort
	State         string
}

// HasPort reports whether one of the ends has the port.
func (e *Endpoint) HasPort(port uint16) bool {
	return e.Local.Port() == port || e.Remote.Port() == port
}

// Socket returns the endpoint as people read it. A peer of port 0 is none.
func (e *Endpoint) Socket(fd int) process.Socket {
	s := process.Socket{FD: fd, Protocol: e.Protocol.String(), Local: e.Local.String(), State: e.State}
	if e.Remote.Port() != 0 {
		s.Remote = e.Remote.String()
	}
	return s
}

// ParseEndpoint reads a line of /proc/net/tcp and its kin; ok is false for one that is none.
func ParseEndpoint(line []byte, protocol Protocol) (e Endpoint, ok bool) {
	s, ok := parseLine(line, protocol)
	if !ok {
		return e, false
	}
	fields := bytes.Fields(line)
	e = Endpoint{Inode: s.Inode, Protocol: protocol}
	local, hasLocal := parseAddress(fields[columnLocal])
	remote, hasRemote := parseAddress(fields[columnRemote])
	state, err := strconv.ParseUint(string(fields[columnState]), 16, 8)
	if !hasLocal || !hasRemote || err != nil {
		return e, false
	}
	e.Local, e.Remote = local, remote
	switch {
	case protocol == UDP && state == tcpClose:
		e.State = "unconnected"
	case state < uint64(len(tcpStates)):
		e.State = tcpStates[state]
	}
	return e, true
}

// parseAddress reads "0100007F:01BB": words of four bytes in the order of the machine, and a port.
func parseAddress(text []byte) (netip.AddrPort, bool) {
	address, number, ok := bytes.Cut(text, []byte(":"))
	raw := make([]byte, hex.DecodedLen(len(address)))
	if _, err := hex.Decode(raw, address); !ok || err != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	port, err := strconv.ParseUint(string(number), 16, 16)
	addr, ok := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), ok && err == nil
}

// Unix socket's columns in /proc/net/unix (proc_pid_net(5)).
const (
	unixFlags  = 3
	unixState  = 5
	unixInode  = 6
	unixPath   = 7
	unixAccept = 0x10000 // __SO_ACCEPTCON of include/linux/net.h: it listens.
)

// ParseUnix reads a line of /proc/net/unix; ok is false for one that is none.
func ParseUnix(line []byte) (inode uint64, s process.Socket, ok bool) {
	fields := bytes.Fields(line)
	if len(fields) <= unixInode {
		return 0, s, false
	}
	flags, err := strconv.ParseUint(string(fields[unixFlags]), 16, 32)
	if err != nil {
		return 0, s, false
	}
	if inode, err = strconv.ParseUint(string(fields[unixInode]), 10, 64); err != nil {
		return 0, s, false
	}
	s = process.Socket{Protocol: "unix", State: "unconnected"}
	switch {
	case flags&unixAccept != 0:
		s.State = "listen"
	case string(fields[unixState]) == "03": // SS_CONNECTED of include/uapi/linux/net.h.
		s.State = "established"
	}
	if len(fields) > unixPath {
		s.Local = string(bytes.Join(fields[unixPath:], []byte(" ")))
	}
	return inode, s, true
}

// Inode returns the inode of a descriptor that points at "socket:[INODE]".
func Inode(target string) (inode uint64, ok bool) { return parseTarget([]byte(target)) }

package system

import (
	"encoding/binary"
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/unix"
)

// tcpStates are the names of the states of include/net/tcp_states.h, from 1 on.
var tcpStates = []string{
	"established", "syn_sent", "syn_recv", "fin_wait1", "fin_wait2", "time_wait", "close", "close_wait",
	"last_ack", "listen", "closing",
}

// tcpStat counts the TCP sockets of the exporter's network namespace by state, and the bytes
// in their queues. It asks the kernel by netlink (sock_diag(7)), for /proc/net/tcp costs far
// more on a host of many sockets.
func (r *reader) tcpStat(out *values) {
	var all tcpCounts
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
		err := all.ask(family)
		switch {
		case errors.Is(err, unix.ENOENT), errors.Is(err, unix.EPROTONOSUPPORT), errors.Is(err, unix.EAFNOSUPPORT):
			// Not in this kernel, or IPv6 is not.
		case err != nil:
			out.Lost("list TCP sockets", err.Error())
			return
		}
	}
	for i, name := range tcpStates {
		if n := all.states[i+1]; n > 0 {
			out.add("tcp_connection_states", float64(n), Label{"state", name})
		}
	}
	if all.sockets > 0 {
		out.add("tcp_connection_states", float64(all.received), Label{"state", "rx_queued_bytes"})
		out.add("tcp_connection_states", float64(all.sent), Label{"state", "tx_queued_bytes"})
	}
}

type tcpCounts struct {
	states         [16]uint64
	received, sent uint64
	sockets        int
}

// The layout of the messages (include/uapi/linux/inet_diag.h).
const (
	diagRequestSize   = 56
	diagMessageState  = 1
	diagMessageQueues = 56
	diagMessageSize   = 72
	// diagAllStates asks for states 1 to 11.
	diagAllStates = 0xfff
)

// ask adds the sockets of an address family.
func (c *tcpCounts) ask(family uint8) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return fmt.Errorf("open a netlink socket: %w", err)
	}
	defer func() { _ = unix.Close(fd) }()
	// The kernel answers at once; the bound is for one that does not.
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 2}); err != nil {
		return fmt.Errorf("bound the netlink socket: %w", err)
	}
	if err := unix.Sendto(fd, diagRequest(family), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("ask by netlink: %w", err)
	}
	buf := make([]byte, 64<<10)
	for {
		n, err := unix.Read(fd, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read from netlink: %w", err)
		}
		done, err := c.take(buf[:n])
		if done || err != nil {
			return err
		}
	}
}

// diagRequest is a message with an inet_diag_req_v2 for all TCP sockets of a family.
func diagRequest(family uint8) []byte {
	b := make([]byte, unix.NLMSG_HDRLEN+diagRequestSize)
	binary.NativeEndian.PutUint32(b[0:], uint32(len(b)))
	binary.NativeEndian.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	request := b[unix.NLMSG_HDRLEN:]
	request[0], request[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(request[4:], diagAllStates)
	return b
}

// take adds the sockets of one part of the answer; done is true with the last one.
func (c *tcpCounts) take(b []byte) (done bool, err error) {
	messages, err := syscall.ParseNetlinkMessage(b)
	if err != nil {
		return true, fmt.Errorf("parse netlink messages: %w", err)
	}
	for _, m := range messages {
		switch m.Header.Type {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			if len(m.Data) < 4 {
				return true, fmt.Errorf("netlink: an error of %d bytes", len(m.Data))
			}
			return true, unix.Errno(-int32(binary.NativeEndian.Uint32(m.Data)))
		}
		if len(m.Data) < diagMessageSize {
			return true, fmt.Errorf("netlink: a socket of %d bytes", len(m.Data))
		}
		if state := int(m.Data[diagMessageState]); state < len(c.states) {
			c.states[state]++
		}
		c.received += uint64(binary.NativeEndian.Uint32(m.Data[diagMessageQueues:]))
		c.sent += uint64(binary.NativeEndian.Uint32(m.Data[diagMessageQueues+4:]))
		c.sockets++
	}
	return false, nil
}

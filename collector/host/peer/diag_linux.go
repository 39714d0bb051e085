package peer

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// pair is a connection of TCP as the socket at the other end has it.
type pair struct{ here, there netip.AddrPort }

// pairOf returns the pair of a remote and a local address of this end. A socket of IPv6 that
// speaks IPv4 is found by its addresses of IPv4.
func pairOf(remote, local netip.AddrPort) pair {
	bare := func(a netip.AddrPort) netip.AddrPort {
		return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
	}
	return pair{bare(remote), bare(local)}
}

// errOrphan is returned for a socket that no program has open any more: the kernel gives all
// of them to root.
var errOrphan = errors.New("the socket at the other end is closed")

// The layout of linux/inet_diag.h.
const (
	headerBytes   = unix.SizeofNlMsghdr
	requestBytes  = 56 // struct inet_diag_req_v2
	responseBytes = 72 // struct inet_diag_msg
	// identity is where struct inet_diag_sockid begins in the request; it has 48 bytes, in
	// both directions: ports, addresses, interface, cookie.
	identity         = 8
	responseIdentity = 4
	uidOffset        = 64
	inodeOffset      = 68

	stateListen = 10 // TCP_LISTEN of net/tcp_states.h
	maxResponse = 4096
)

// askKernel asks sock_diag(7) for the socket at the other end of a connection, and returns
// its owner. Every program may ask.
func askKernel(p pair) (uid int, err error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return 0, fmt.Errorf("open sock_diag: %w", err)
	}
	defer func() { _ = unix.Close(fd) }()
	timeout := unix.Timeval{Sec: 1}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		return 0, fmt.Errorf("set up sock_diag: %w", err)
	}
	if err := unix.Sendto(fd, request(p), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, fmt.Errorf("ask sock_diag: %w", err)
	}
	buffer := make([]byte, maxResponse)
	n, from, err := unix.Recvfrom(fd, buffer, 0)
	if err != nil {
		return 0, fmt.Errorf("read from sock_diag: %w", err)
	}
	// Only the kernel has the port 0 (netlink(7)).
	if sender, ok := from.(*unix.SockaddrNetlink); !ok || sender.Pid != 0 {
		return 0, errors.New("an answer of sock_diag that is not the kernel's")
	}
	return parseResponse(buffer[:n], p)
}

// request asks for exactly one socket.
func request(p pair) []byte {
	message := make([]byte, headerBytes+requestBytes)
	binary.NativeEndian.PutUint32(message, uint32(len(message)))
	binary.NativeEndian.PutUint16(message[4:], unix.SOCK_DIAG_BY_FAMILY)
	binary.NativeEndian.PutUint16(message[6:], unix.NLM_F_REQUEST)
	body := message[headerBytes:]
	body[0], body[1] = family(p), unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(body[4:], ^uint32(0)) // Any state.
	copy(body[identity:], sockID(p))
	// INET_DIAG_NOCOOKIE: whatever the socket's cookie is.
	binary.NativeEndian.PutUint64(body[identity+40:], ^uint64(0))
	return message
}

func family(p pair) byte {
	if p.here.Addr().Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// sockID returns ports and addresses as struct inet_diag_sockid begins with them.
func sockID(p pair) []byte {
	id := make([]byte, 36)
	binary.BigEndian.PutUint16(id, p.here.Port())
	binary.BigEndian.PutUint16(id[2:], p.there.Port())
	copy(id[4:], p.here.Addr().AsSlice())
	copy(id[20:], p.there.Addr().AsSlice())
	return id
}

// parseResponse returns the owner of the socket. The kernel falls back to a socket that
// listens on the port, so what it returns has to be what was asked for.
func parseResponse(message []byte, p pair) (uid int, err error) {
	if len(message) < headerBytes {
		return 0, errors.New("a short answer of sock_diag")
	}
	body := message[headerBytes:]
	switch kind := binary.NativeEndian.Uint16(message[4:]); {
	case kind == unix.NLMSG_ERROR && len(body) >= 4:
		return 0, fmt.Errorf("sock_diag: %w", unix.Errno(-int32(binary.NativeEndian.Uint32(body))))
	case kind != unix.SOCK_DIAG_BY_FAMILY || len(body) < responseBytes:
		return 0, fmt.Errorf("an unexpected answer of sock_diag: type %d with %d bytes", kind, len(body))
	}
	if body[1] == stateListen || !sameSocket(body[responseIdentity:], p) {
		return 0, errors.New("sock_diag knows no such connection")
	}
	if binary.NativeEndian.Uint32(body[inodeOffset:]) == 0 {
		return 0, errOrphan
	}
	return int(binary.NativeEndian.Uint32(body[uidOffset:])), nil
}

// sameSocket compares ports and addresses. A socket of IPv6 that speaks IPv4 may be
// described by mapped addresses.
func sameSocket(id []byte, p pair) bool {
	want := sockID(p)
	if string(id[:4]) != string(want[:4]) {
		return false
	}
	return sameAddress(id[4:20], p.here.Addr()) && sameAddress(id[20:36], p.there.Addr())
}

func sameAddress(field []byte, want netip.Addr) bool {
	if mapped, ok := netip.AddrFromSlice(field); ok && mapped.Unmap() == want {
		return true
	}
	short, ok := netip.AddrFromSlice(field[:4])
	return ok && short == want
}

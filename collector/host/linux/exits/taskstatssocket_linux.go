package exits

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
)

// exitBuffer is asked for as the socket's receive buffer: some 13,000 records, where the
// default holds 330.
const exitBuffer = 8 << 20

// dialTaskstats opens a socket that receives a record of every thread that ends anywhere
// on this machine. It needs CAP_NET_ADMIN.
func dialTaskstats() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	if err := listenToExits(fd); err != nil {
		return nil, errors.Join(err, unix.Close(fd))
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		return nil, errors.Join(fmt.Errorf("set up the netlink socket: %w", err), unix.Close(fd))
	}
	return os.NewFile(uintptr(fd), "taskstats"), nil
}

func listenToExits(fd int) error {
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return fmt.Errorf("bind the netlink socket: %w", err)
	}
	timeout := unix.Timeval{Sec: 2}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		return fmt.Errorf("set up the netlink socket: %w", err)
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, exitBuffer) != nil {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, exitBuffer); err != nil {
			return fmt.Errorf("enlarge the buffer of the netlink socket: %w", err)
		}
	}
	family, err := taskstatsFamily(fd)
	if err != nil {
		return err
	}
	cpus, err := procfile.Read("/sys/devices/system/cpu/possible")
	if err != nil {
		return fmt.Errorf("list the CPUs: %w", err)
	}
	mask := append([]byte(strings.TrimSpace(string(cpus))), 0)
	_, err = ask(fd, genlRequest(family, unix.TASKSTATS_CMD_GET, unix.TASKSTATS_CMD_ATTR_REGISTER_CPUMASK, mask))
	switch {
	case errors.Is(err, unix.EINVAL):
		return fmt.Errorf("register for exit records from a PID or user namespace other than the initial one: %w", err)
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("register for exit records, which needs CAP_NET_ADMIN: %w", err)
	case err != nil:
		return fmt.Errorf("register for exit records: %w", err)
	}
	return nil
}

// taskstatsFamily asks for the number that generic netlink gave to taskstats.
func taskstatsFamily(fd int) (uint16, error) {
	name := append([]byte(unix.TASKSTATS_GENL_NAME), 0)
	answer, err := ask(fd, genlRequest(unix.GENL_ID_CTRL, unix.CTRL_CMD_GETFAMILY, unix.CTRL_ATTR_FAMILY_NAME, name))
	if err != nil {
		return 0, fmt.Errorf("find taskstats, which needs CONFIG_TASKSTATS and on old kernels the initial network namespace: %w", err)
	}
	var family uint16
	err = attributes(answer, unix.CTRL_ATTR_FAMILY_ID, func(value []byte) error {
		if len(value) < 2 {
			return errNetlink
		}
		family = binary.NativeEndian.Uint16(value)
		return nil
	})
	if err != nil || family == 0 {
		return 0, fmt.Errorf("find taskstats: %w", errNetlink)
	}
	return family, nil
}

// genlRequest is a generic netlink message with one attribute that asks for an answer.
func genlRequest(family uint16, command uint8, attribute uint16, value []byte) []byte {
	n := binary.NativeEndian
	b := make([]byte, nlHeader+genlHeader+attrHeader, 128)
	n.PutUint16(b[4:], family)
	n.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_ACK)
	b[nlHeader], b[nlHeader+1] = command, 1
	attr := b[nlHeader+genlHeader:]
	n.PutUint16(attr, uint16(attrHeader+len(value)))
	n.PutUint16(attr[2:], attribute)
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	n.PutUint32(b, uint32(len(b)))
	return b
}

// ask sends a request and waits for the kernel's word on it. It returns the attributes of
// the answer, if there was one before that.
func ask(fd int, request []byte) (answer []byte, err error) {
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	for {
		buf := make([]byte, 8<<10)
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n < nlHeader+genlHeader {
			return nil, errNetlink
		}
		if binary.NativeEndian.Uint16(buf[4:]) != unix.NLMSG_ERROR {
			// Exit records can already be among the answers; there a few are lost.
			answer = buf[nlHeader+genlHeader : n]
			continue
		}
		if errno := -int32(binary.NativeEndian.Uint32(buf[nlHeader:])); errno != 0 {
			return nil, unix.Errno(errno)
		}
		return answer, nil
	}
}

package peer

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"proctree/collector/host/procfile"
)

// searchTables looks for the socket at the other end in the tables of /proc/net
// (proc_pid_net(5)), of this program's network namespace, and returns its owner.
func searchTables(p pair) (uid int, err error) {
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		f, err := procfile.Open(table)
		if err != nil {
			continue // Without IPv6 there is no second one.
		}
		uid, found, err := searchTable(f, p)
		_ = f.Close()
		if err != nil {
			return 0, fmt.Errorf("%s: %w", table, err)
		}
		if found {
			return uid, nil
		}
	}
	return 0, errors.New("/proc/self/net/tcp knows no such connection")
}

// searchTable reads lines of "sl local remote st queues timer retransmits uid timeout inode".
func searchTable(table io.Reader, p pair) (uid int, found bool, err error) {
	lines := bufio.NewScanner(table)
	lines.Split(procfile.ScanWholeLines)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || !isAddress(fields[1], p.here) || !isAddress(fields[2], p.there) {
			continue
		}
		if fields[9] == "0" {
			return 0, false, errOrphan
		}
		uid, err := strconv.ParseUint(fields[7], 10, 31)
		if err != nil {
			return 0, false, fmt.Errorf("owner of a socket: %w", err)
		}
		return int(uid), true, nil
	}
	return 0, false, lines.Err()
}

// isAddress compares with "0100007F:1F90": 32-bit words in the byte order of the CPU, and
// the port.
func isAddress(text string, want netip.AddrPort) bool {
	address, port, ok := strings.Cut(text, ":")
	if number, err := strconv.ParseUint(port, 16, 16); !ok || err != nil || uint16(number) != want.Port() {
		return false
	}
	var raw []byte
	for ; len(address) >= 8; address = address[8:] {
		word, err := strconv.ParseUint(address[:8], 16, 32)
		if err != nil {
			return false
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(word))
	}
	parsed, ok := netip.AddrFromSlice(raw)
	return ok && address == "" && parsed.Unmap() == want.Addr()
}

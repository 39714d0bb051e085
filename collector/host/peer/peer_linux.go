package peer

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

func accountOf(conn net.Conn, cfg Config) (Account, error) {
	uid, err := owner(conn)
	if err != nil {
		// The kernel shows this much of every process to everybody.
		return Account{Sight: public(cfg)}, err
	}
	account := Account{Name: strconv.Itoa(uid), Sight: All}
	if uid != 0 && (uid != os.Geteuid() || cfg.Privileged || !isOrdinary(cfg)) {
		account.Sight = public(cfg)
	}
	return account, nil
}

// owner returns the user at the other end, as this program's user namespace numbers it.
func owner(conn net.Conn) (uid int, err error) {
	if local, ok := conn.(*net.UnixConn); ok {
		return unixOwner(local)
	}
	remote, ok := conn.RemoteAddr().(*net.TCPAddr)
	local, ok2 := conn.LocalAddr().(*net.TCPAddr)
	if !ok || !ok2 {
		return 0, fmt.Errorf("%s connection from %s: no address of TCP", conn.LocalAddr().Network(), conn.RemoteAddr())
	}
	pair := pairOf(remote.AddrPort(), local.AddrPort())
	uid, err = askKernel(pair)
	if err == nil || errors.Is(err, errOrphan) {
		return uid, err
	}
	// Netlink may be forbidden, or the kernel be built without it.
	uid, fileErr := searchTables(pair)
	if fileErr != nil {
		return 0, errors.Join(err, fileErr)
	}
	return uid, nil
}

// unixOwner returns the user of the program that connected (unix(7), SO_PEERCRED).
func unixOwner(conn *net.UnixConn) (uid int, err error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var found *unix.Ucred
	var failed error
	err = raw.Control(func(fd uintptr) {
		found, failed = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err = errors.Join(err, failed); err != nil {
		return 0, fmt.Errorf("whose connection it is: %w", err)
	}
	return int(found.Uid), nil
}

// isOrdinary reports whether this program has no right that its account has not: no
// capability, and where the processes of others are hidden, no group that sees them.
func isOrdinary(cfg Config) bool {
	self, err := procfs.Self()
	if err != nil {
		return false
	}
	status, err := self.NewStatus()
	if err != nil || status.CapEff != 0 {
		return false
	}
	groups, err := os.Getgroups()
	alone := err == nil && !slices.ContainsFunc(groups, func(gid int) bool { return gid != os.Getegid() })
	return alone || public(cfg) != Nothing
}

func hides(cfg Config) bool { return public(cfg) == Nothing }

// public is what the kernel shows to every account.
func public(cfg Config) Sight {
	// The second is what root sees of the host, in case this program has another view.
	for _, table := range []string{"/proc/self/mountinfo", filepath.Join(cfg.ProcPath, "1/mountinfo")} {
		text, err := os.ReadFile(table)
		if err == nil && hidesProcesses(string(text), "/proc", filepath.Clean(cfg.ProcPath)) {
			return Nothing
		}
	}
	return Public
}

// hidesProcesses reports whether a table of mounts (proc_pid_mountinfo(5)) has one of the
// paths with hidepid (proc(5)). The members of a group that the option gid names would see
// more; they are not told apart.
func hidesProcesses(table string, paths ...string) bool {
	hidden := map[string]bool{}
	for line := range strings.Lines(table) {
		mount, super, ok := strings.Cut(line, " - ")
		fields, kind := strings.Fields(mount), strings.Fields(super)
		if !ok || len(fields) < 5 || len(kind) < 3 || !slices.Contains(paths, fields[4]) {
			continue
		}
		// The last mount on a path is the one to be seen.
		hidden[fields[4]] = kind[0] == "proc" && slices.ContainsFunc(strings.Split(kind[2], ","), func(option string) bool {
			value, ok := strings.CutPrefix(option, "hidepid=")
			return ok && value != "0" && value != "off"
		})
	}
	return slices.Contains(slices.Collect(maps.Values(hidden)), true)
}

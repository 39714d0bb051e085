package peer

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
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

// public is what the kernel shows to every account. What cannot be told counts as hidden.
func public(cfg Config) Sight {
	// The second is what root sees of the host, in case this program has another view.
	for _, table := range []string{"/proc/self/mountinfo", filepath.Join(cfg.ProcPath, "1/mountinfo")} {
		text, err := procfile.Read(table)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
			// Only a privileged program may read the second, and there may be no /proc.
		case err != nil || hidesProcesses(string(text), "/proc", filepath.Clean(cfg.ProcPath)):
			return Nothing
		}
	}
	return Public
}

// hidesProcesses reports whether a table of mounts has one of the paths with hidepid, or may
// have. The members of a group that the option gid names would see more; they are not told
// apart.
func hidesProcesses(table string, paths ...string) bool {
	hides, certain := procfile.HidesProcesses(table, paths...)
	return hides || !certain
}

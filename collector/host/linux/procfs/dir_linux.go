// Package procfs reads the proc file system: the files of every process (Scanner), the clock
// by which processes start, proportional memory, and the values of the host that come with
// a scan.
package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Dir is a mounted proc file system, held by an open descriptor: paths relative to it
// are short, and it stays the same file system whatever is mounted over it later.
type Dir struct {
	FD   int
	Path string
	// Genuine is unset for a plain directory that only looks like /proc.
	Genuine bool
}

// Open opens the proc file system at a path.
func Open(path string) (*Dir, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the proc file system %s: %w", path, err)
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("examine the proc file system %s: %w", path, err)
	}
	return &Dir{FD: fd, Path: path, Genuine: fs.Type == unix.PROC_SUPER_MAGIC}, nil
}

// Close closes the descriptor.
func (d *Dir) Close() error {
	if err := unix.Close(d.FD); err != nil {
		return fmt.Errorf("close the proc file system %s: %w", d.Path, err)
	}
	return nil
}

// pids appends the number of every process to into, sorted, and counts the names that are
// numbers, but of no process. It reads through scratch, which is to be tens of kilobytes: an
// entry takes 24 to 32 bytes.
func (d *Dir) pids(into []int32, scratch []byte) (pids []int32, odd int, err error) {
	if _, err := unix.Seek(d.FD, 0, io.SeekStart); err != nil {
		return into, 0, fmt.Errorf("rewind %s: %w", d.Path, err)
	}
	for {
		n, err := unix.Getdents(d.FD, scratch)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return into, odd, fmt.Errorf("list %s: %w", d.Path, err)
		}
		if n == 0 {
			break
		}
		into = appendPIDs(into, scratch[:n], &odd)
	}
	if !slices.IsSorted(into) {
		slices.Sort(into)
	}
	return into, odd, nil
}

// direntName is where the name begins in a struct linux_dirent64 (getdents(2)), behind
// inode (8 bytes), offset (8), record length (2) and type (1).
const direntName = 19

// appendPIDs appends the names in a buffer of directory entries that are PIDs, and counts other
// numbers.
func appendPIDs(into []int32, entries []byte, odd *int) []int32 {
	for name := range DirentNames(entries) {
		if pid, ok := parsePID(name); ok {
			into = append(into, pid)
		} else if isNumber(name) {
			*odd++
		}
	}
	return into
}

func isNumber(name []byte) bool {
	return !bytes.ContainsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
}

// DirentNames yields the names, none of them empty, in a buffer that getdents(2) filled.
func DirentNames(entries []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(entries) > direntName {
			length := int(entries[16]) | int(entries[17])<<8
			if length <= direntName || length > len(entries) {
				return
			}
			name := entries[direntName:length]
			if end := bytes.IndexByte(name, 0); end >= 0 {
				name = name[:end]
			}
			if len(name) > 0 && !yield(name) {
				return
			}
			entries = entries[length:]
		}
	}
}

// parsePID reads a directory's name; PIDs have at most 7 digits (PID_MAX_LIMIT is 4194304).
func parsePID(name []byte) (int32, bool) {
	if len(name) == 0 || len(name) > 9 || name[0] == '0' {
		return 0, false
	}
	pid := int32(0)
	for _, c := range name {
		if c < '0' || c > '9' {
			return 0, false
		}
		pid = pid*10 + int32(c-'0')
	}
	return pid, pid > 0
}

// PIDPath writes "PID/file" and the NUL that system calls want into buf.
func PIDPath(buf []byte, pid int, file string) []byte {
	buf = strconv.AppendInt(buf[:0], int64(pid), 10)
	buf = append(buf, '/')
	buf = append(buf, file...)
	return append(buf, 0)
}

// OpenAt opens a file for reading, without the allocation that unix.Openat makes for the
// path. The path is relative to dir and ends in NUL.
func OpenAt(dir int, path []byte, flags int) (int, error) {
	for {
		fd, _, errno := unix.Syscall6(unix.SYS_OPENAT, uintptr(dir), uintptr(unsafe.Pointer(&path[0])),
			uintptr(flags|unix.O_RDONLY|unix.O_CLOEXEC), 0, 0, 0)
		switch errno {
		case 0:
			return int(fd), nil
		case unix.EINTR:
		default:
			return -1, errno
		}
	}
}

// ReadAt reads a whole file into buf, as far as it fits. The kernel makes such a file up
// at the first read and returns all of it if there is room, so one read does.
func ReadAt(dir int, path, buf []byte) ([]byte, error) { return readOpened(dir, path, buf, 0) }

// ReadNow is ReadAt of a file that nothing in the kernel blocks. What is in the place of one and
// would wait, such as a FIFO, is refused.
func ReadNow(dir int, path, buf []byte) ([]byte, error) {
	return readOpened(dir, path, buf, unix.O_NONBLOCK)
}

func readOpened(dir int, path, buf []byte, flags int) ([]byte, error) {
	fd, err := OpenAt(dir, path, flags)
	if err != nil {
		return nil, err
	}
	for {
		n, _, errno := unix.Syscall(unix.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)))
		if errno == unix.EINTR {
			continue
		}
		odd := n == 0 && errno == 0 && flags&unix.O_NONBLOCK != 0 && !isRegular(fd)
		CloseFD(fd)
		switch {
		case errno != 0:
			return nil, errno
		case odd:
			return nil, errNotRegular
		}
		return buf[:n], nil
	}
}

// errNotRegular is the error of what is in the place of a file.
var errNotRegular = errors.New("not a regular file")

func isRegular(fd int) bool {
	var info unix.Stat_t
	return unix.Fstat(fd, &info) == nil && info.Mode&unix.S_IFMT == unix.S_IFREG
}

// CloseFD closes a descriptor that was only read from: an error would tell nothing.
func CloseFD(fd int) { _, _, _ = unix.Syscall(unix.SYS_CLOSE, uintptr(fd), 0, 0) }

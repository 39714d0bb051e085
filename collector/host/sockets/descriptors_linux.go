package sockets

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
)

// maxSockets bounds the sockets of one process that are remembered.
const maxSockets = 100_000

// namesInARow is how many descriptors are listed by one call.
const namesInARow = 1024

// socketsOf appends the inodes of the sockets among the descriptors of a process.
func (r *Reader) socketsOf(dir string, into []uint64) ([]uint64, error) {
	folder, err := procfile.OpenDir(dir + "/fd")
	if err != nil {
		return into, fmt.Errorf("list descriptors: %w", err)
	}
	defer func() { _ = folder.Close() }()
	fd := int(folder.Fd())
	for {
		names, err := folder.Readdirnames(namesInARow)
		for _, name := range names {
			n, err := unix.Readlinkat(fd, name, r.target)
			if err != nil {
				continue // It was closed meanwhile.
			}
			if inode, ok := parseTarget(r.target[:n]); ok && len(into) < maxSockets {
				into = append(into, inode)
			}
		}
		switch {
		case len(names) == 0 && err != nil && !isEnd(err):
			return into, fmt.Errorf("list descriptors: %w", err)
		case len(names) == 0 || err != nil:
			return into, nil
		}
	}
}

// isEnd reports whether a folder has no more entries, or is that of a process which has
// ended.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, unix.ESRCH) || errors.Is(err, os.ErrNotExist)
}

// namespaceOf returns the inode of "net:[INODE]", the process' network namespace.
func (r *Reader) namespaceOf(dir string) (uint64, error) {
	target, err := os.Readlink(dir + "/ns/net")
	if err != nil {
		return 0, fmt.Errorf("network namespace: %w", err)
	}
	number, ok := strings.CutPrefix(target, "net:[")
	if !ok {
		return 0, fmt.Errorf("network namespace: unexpected %q", target)
	}
	inode, err := strconv.ParseUint(strings.TrimSuffix(number, "]"), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("network namespace: unexpected %q", target)
	}
	return inode, nil
}

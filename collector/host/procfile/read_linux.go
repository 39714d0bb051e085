package procfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"golang.org/x/sys/unix"
)

// maxFile bounds what is read of one file of procfs or sysfs.
const maxFile = 16 << 20

// Read reads a file of procfs or sysfs by system calls of its own: an os.File would be
// offered to the poller first, and would wait forever in it for a sensor that answers
// EAGAIN, as drivers of broken hardware do.
func Read(path string) ([]byte, error) {
	fd, err := retry(func() (int, error) {
		return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	})
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	defer func() { _ = unix.Close(fd) }()
	room := readBuffers.Get().(*[]byte)
	defer readBuffers.Put(room)
	content, err := readAll(path, fd, (*room)[:0])
	if err != nil {
		return nil, err
	}
	if cap(content) <= keptBuffer {
		*room = content
	}
	return bytes.Clone(content), nil
}

// keptBuffer is how large a buffer may be that is used again. Most files have some hundred bytes.
const keptBuffer = 256 << 10

var readBuffers = sync.Pool{New: func() any { return new(make([]byte, 0, 16<<10)) }}

// readAll appends what is left of a file to buf, which has to have room.
func readAll(path string, fd int, buf []byte) ([]byte, error) {
	for {
		n, err := retry(func() (int, error) { return unix.Read(fd, buf[len(buf):cap(buf)]) })
		if n <= 0 && len(buf) == 0 {
			err = nothing(fd, err)
		}
		if err != nil {
			return nil, &fs.PathError{Op: "read", Path: path, Err: err}
		}
		if n == 0 {
			return buf, nil
		}
		buf = buf[:len(buf)+n]
		if len(buf) >= maxFile {
			return nil, fmt.Errorf("read %s: larger than %d bytes", path, maxFile)
		}
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
	}
}

// ReadInto reads the beginning of a file as Read does, by one call, and returns how much there
// is in buf. Of an attribute of sysfs that is all.
func ReadInto(path string, buf []byte) (int, error) {
	fd, err := retry(func() (int, error) {
		return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	})
	if err != nil {
		return 0, err
	}
	defer func() { _ = unix.Close(fd) }()
	n, err := retry(func() (int, error) { return unix.Read(fd, buf) })
	if n <= 0 {
		err = nothing(fd, err)
	}
	return n, err
}

// nothing returns why a file has nothing to read. A FIFO without a writer, or with one that
// writes nothing, is no empty file. A device is what container runtimes mount over files that
// a container must not see (/dev/null over the "maskedPaths" of the OCI runtime
// specification): such a file is absent.
func nothing(fd int, err error) error {
	if err != nil && !errors.Is(err, unix.EAGAIN) {
		return err
	}
	var info unix.Stat_t
	if unix.Fstat(fd, &info) != nil {
		return err
	}
	switch info.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return err
	case unix.S_IFCHR:
		return fmt.Errorf("hidden by a device: %w", errors.ErrUnsupported)
	}
	return errNotRegular
}

// retry calls again what a signal interrupted.
func retry(call func() (int, error)) (int, error) {
	for {
		n, err := call()
		if !errors.Is(err, unix.EINTR) {
			return n, err
		}
	}
}

// ReadText is Read without the white space around.
func ReadText(path string) (string, error) {
	b, err := Read(path)
	return string(bytes.TrimSpace(b)), err
}

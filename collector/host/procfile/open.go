package procfile

import (
	"errors"
	"io/fs"
	"os"
)

// errNotRegular is the error of what is in the place of a file.
var errNotRegular = errors.New("not a regular file")

// Open opens a regular file for reading, without ever waiting: opening a FIFO waits for a
// writer (fifo(7)). What is no regular file is refused.
func Open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errNotRegular}
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// OpenDir opens a directory for reading. What is no directory is refused before it is opened,
// so that a FIFO in its place does not make the caller wait. os.ReadDir does the same.
func OpenDir(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|directory, 0)
}

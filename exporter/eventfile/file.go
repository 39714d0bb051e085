// Package eventfile writes events as lines of JSON to a file that an agent follows, such as Alloy, Promtail
// or Vector. The file is renamed when it is full, and one earlier file is kept.
package eventfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// earlier ends the name of the file before.
const earlier = ".1"

// file is a file of bounded size.
type file struct {
	path string
	// half is the size at which it is renamed.
	half int64
	open *os.File
	size int64
}

// openFile opens a file, or says in one line why not.
func openFile(path string, maxBytes int64) (*file, error) {
	if path != filepath.Clean(path) || filepath.Base(path) == ".." {
		return nil, fmt.Errorf("%q is not the path of a file; set %s", path, filepath.Clean(path))
	}
	f := &file{path: path, half: maxBytes / 2}
	if err := checkPath(path + earlier); err != nil {
		return nil, err
	}
	return f, f.reopen()
}

// checkPath lets a path be that of a regular file, or of none. A link would let a user who may write to the
// directory choose the file that is written to.
func checkPath(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return oneLine(err)
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link; give the path of a regular file", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file; give the path of one", path)
	}
	return nil
}

// oneLine names the path and the reason.
func oneLine(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("%s: %w", p.Path, p.Err)
	}
	return err
}

// reopen opens what is at the path.
func (f *file) reopen() error {
	f.close()
	if err := checkPath(f.path); err != nil {
		return err
	}
	// The path may be another one by now, so the opening neither follows a link nor waits.
	open, err := os.OpenFile(f.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND|openFlags, 0o600)
	if err != nil {
		return oneLine(err)
	}
	info, err := open.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file; give the path of one", f.path)
	}
	if err == nil && info.Mode().Perm()&^0o600 != 0 {
		err = open.Chmod(0o600)
	}
	if err != nil {
		_ = open.Close()
		return oneLine(err)
	}
	f.open, f.size = open, info.Size()
	return nil
}

// write appends lines. After an error nothing of them is in the file.
func (f *file) write(lines []byte) error {
	if err := f.prepare(int64(len(lines))); err != nil {
		return err
	}
	n, err := f.open.Write(lines)
	if err != nil {
		if n > 0 && f.open.Truncate(f.size) != nil {
			f.close() // Half a line is there: an agent skips it.
		}
		return oneLine(err)
	}
	f.size += int64(n)
	return nil
}

// prepare sees to it that the file is still there, and has room.
func (f *file) prepare(bytes int64) error {
	if f.open != nil {
		there, err := os.Lstat(f.path)
		mine, myErr := f.open.Stat()
		if err != nil || myErr != nil || !os.SameFile(there, mine) {
			f.close() // Somebody renamed or removed it.
		} else {
			f.size = mine.Size()
		}
	}
	if f.open == nil {
		if err := f.reopen(); err != nil {
			return err
		}
	}
	if f.size == 0 || f.size+bytes <= f.half {
		return nil
	}
	if err := checkPath(f.path + earlier); err != nil {
		return err
	}
	f.close()
	if err := os.Rename(f.path, f.path+earlier); err != nil {
		return oneLine(err)
	}
	return f.reopen()
}

// bytes is the size of both files.
func (f *file) bytes() int64 {
	total := f.size
	if info, err := os.Lstat(f.path + earlier); err == nil {
		total += info.Size()
	}
	return total
}

func (f *file) close() {
	if f.open != nil {
		_ = f.open.Close()
		f.open = nil
	}
	f.size = 0
}

package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"

	"proctree/collector/host/stall"
)

const (
	// maxFileBytes bounds a configuration file: it is read by a program that may be root
	// and is reloaded on request.
	maxFileBytes = 8 << 20
	// fileTimeout is how long a file may take to be read: the server of its file system
	// may be gone.
	fileTimeout = 5 * time.Second
)

// files reads configuration files. What still waits for a file is not asked again, so that
// reloads of a file that hangs do not pile up. Safe for concurrent use.
type files struct{ calls stall.Calls[string, []byte] }

func newFiles() *files {
	return &files{stall.Calls[string, []byte]{Timeout: fileTimeout, Call: stall.Whole(readRegular)}}
}

// read returns what a file holds. The error is one line that names the file.
func (f *files) read(path string) ([]byte, error) {
	data, err := f.calls.Ask(path)[0].Answer()
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	if errors.Is(err, stall.ErrTimeout) {
		err = fmt.Errorf("could not be read within %v", fileTimeout)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return data, nil
}

// readRegular reads a regular file. It opens nothing else: a FIFO waits for a writer, and
// opening a device may do something.
func readRegular(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if err := checkRegular(info); err != nil {
		return nil, err
	}
	// The path may be that of a FIFO by now, so the opening must not wait.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	if info, err = file.Stat(); err != nil {
		return nil, err
	}
	if err := checkRegular(info); err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = fmt.Errorf("larger than %d bytes", maxFileBytes)
	}
	return data, err
}

// checkNoPipe refuses what opening it would wait for. A device such as /dev/null is fine, and so is
// what does not exist: who opens it tells.
func checkNoPipe(path string) error {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeDevice == 0 {
		return checkRegular(info)
	}
	return nil
}

func checkRegular(info fs.FileInfo) error {
	kind := "something else"
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		kind = "a directory"
	case mode&fs.ModeNamedPipe != 0:
		kind = "a named pipe"
	case mode&fs.ModeSocket != 0:
		kind = "a socket"
	case mode&fs.ModeDevice != 0:
		kind = "a device"
	}
	return fmt.Errorf("is %s; give a regular file", kind)
}

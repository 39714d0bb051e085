//go:build !linux

package procfile

import "io"

// Read reads a regular file. There are none of procfs but on Linux.
func Read(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(f)
}

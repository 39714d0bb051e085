//go:build !linux

package procfile

import "os"

// Read reads a file. There are no such files but on Linux.
func Read(path string) ([]byte, error) { return os.ReadFile(path) }

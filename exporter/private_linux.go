package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// memoryFile is a file of memfd_create(2), which others in this program open by its descriptor.
type memoryFile struct{ fd int }

func newMemoryFile() (*memoryFile, error) {
	f, err := createMemory()
	if err != nil {
		return nil, err
	}
	m := &memoryFile{f}
	if _, err := os.ReadFile(m.path()); err != nil { // There may be no /proc.
		m.close()
		return nil, err
	}
	return m, nil
}

func createMemory() (int, error) {
	// Linux 6.3 knows the flag, and may insist on it (vm.memfd_noexec).
	fd, err := unix.MemfdCreate(program, unix.MFD_CLOEXEC|unix.MFD_NOEXEC_SEAL)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(program, unix.MFD_CLOEXEC)
	}
	if err != nil {
		return -1, fmt.Errorf("memfd_create: %w", err)
	}
	return fd, nil
}

func (m *memoryFile) path() string { return "/proc/self/fd/" + strconv.Itoa(m.fd) }

// put lets the descriptor be that of another file.
func (m *memoryFile) put(content []byte) error {
	fd, err := createMemory()
	if err != nil {
		return err
	}
	next := os.NewFile(uintptr(fd), program)
	defer func() { _ = next.Close() }()
	if _, err := next.Write(content); err != nil {
		return fmt.Errorf("write a private file: %w", err)
	}
	if err := unix.Dup3(fd, m.fd, unix.O_CLOEXEC); err != nil {
		return fmt.Errorf("replace a private file: %w", err)
	}
	return nil
}

func (m *memoryFile) close() { _ = unix.Close(m.fd) }

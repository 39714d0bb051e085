//go:build darwin || freebsd

package system

import (
	"fmt"

	"github.com/shirou/gopsutil/v3/load"
	"golang.org/x/sys/unix"
)

// Load implements Reader. Windows has nothing like it.
func (r *reader) Load() (Load, error) {
	l, err := load.Avg()
	if err != nil {
		return Load{}, failed("load average", err)
	}
	return Load{&l.Load1, &l.Load5, &l.Load15}, nil
}

// Uname implements Reader.
func (r *reader) Uname() (Uname, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return Uname{}, fmt.Errorf("uname: %w", err)
	}
	return Uname{
		Sysname:  unix.ByteSliceToString(u.Sysname[:]),
		Release:  unix.ByteSliceToString(u.Release[:]),
		Version:  unix.ByteSliceToString(u.Version[:]),
		Machine:  unix.ByteSliceToString(u.Machine[:]),
		Nodename: hostname(),
	}, nil
}

// FileHandles implements Reader by sysctl.
func (r *reader) FileHandles() (FileHandles, error) {
	allocated, err := unix.SysctlUint32(openFilesSysctl)
	if err != nil {
		return FileHandles{}, fmt.Errorf("sysctl %s: %w", openFilesSysctl, err)
	}
	maximum, err := unix.SysctlUint32("kern.maxfiles")
	if err != nil {
		return FileHandles{}, fmt.Errorf("sysctl kern.maxfiles: %w", err)
	}
	return FileHandles{Allocated: new(uint64(allocated)), Maximum: new(uint64(maximum))}, nil
}

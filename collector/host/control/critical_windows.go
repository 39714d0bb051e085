package control

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"

	"proctree/collector/process"
)

// checkCritical returns an error for a process without which Windows stops.
func (a *Actor) checkCritical(handle windows.Handle, id process.ID) error {
	critical, err := a.isCritical(handle)
	if err != nil {
		return fmt.Errorf("process %s: IsProcessCritical: %w", id, err)
	}
	if critical {
		return fmt.Errorf("process %s: Windows stops without it: %w", id, ErrNotPermitted)
	}
	return nil
}

// askCritical calls IsProcessCritical.
func askCritical(call *windows.LazyProc) func(windows.Handle) (bool, error) {
	return func(handle windows.Handle) (bool, error) {
		if call.Find() != nil {
			return false, ErrUnsupported
		}
		var critical int32
		if ok, _, err := call.Call(uintptr(handle), uintptr(unsafe.Pointer(&critical))); ok == 0 {
			return false, err
		}
		return critical != 0, nil
	}
}

// status calls a function of ntdll, which returns an NTSTATUS.
func status(id process.ID, call *windows.LazyProc, handle windows.Handle) error {
	if err := call.Find(); err != nil {
		return fmt.Errorf("process %s: %w", id, err)
	}
	if code, _, _ := call.Call(uintptr(handle)); code != 0 {
		return explain(id, windows.NTStatus(code).Errno())
	}
	return nil
}

// explain names the process in an error of a system call, and what the error means.
func explain(id process.ID, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, windows.ERROR_ACCESS_DENIED), errors.Is(err, syscall.EACCES):
		return fmt.Errorf("process %s: %w", id, ErrNotPermitted)
	}
	return fmt.Errorf("process %s: %w", id, err)
}

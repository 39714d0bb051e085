//go:build amd64 || arm64

package windows

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/windows"
)

// maxCommandLine is the most bytes that a command line can have.
const maxCommandLine = 64 << 10

// commandLine returns the arguments of a process.
func commandLine(process windows.Handle, pid int) ([]string, error) {
	line, err := commandLineOfKernel(process)
	if errors.Is(err, windows.STATUS_INVALID_INFO_CLASS) || errors.Is(err, windows.STATUS_NOT_IMPLEMENTED) {
		line, err = commandLineOfMemory(pid)
	}
	if err != nil {
		return nil, fmt.Errorf("command line: %w", err)
	}
	if line == "" {
		return nil, nil
	}
	args, err := windows.DecomposeCommandLine(line)
	if err != nil {
		return []string{line}, nil //nolint:nilerr // a line that cannot be taken apart is better than none
	}
	return args, nil
}

// commandLineOfKernel asks the kernel (since Windows 8.1), which is permitted where reading
// the memory of the process is not.
func commandLineOfKernel(process windows.Handle) (string, error) {
	buffer := make([]uint64, (maxCommandLine+int(unsafe.Sizeof(windows.NTUnicodeString{})))/8)
	var needed uint32
	err := windows.NtQueryInformationProcess(process, windows.ProcessCommandLineInformation,
		unsafe.Pointer(&buffer[0]), uint32(len(buffer)*8), &needed)
	if err != nil {
		return "", err
	}
	return (*windows.NTUnicodeString)(unsafe.Pointer(&buffer[0])).String(), nil
}

// basicInformation is PROCESS_BASIC_INFORMATION with the address as a number: it is one of
// another process.
type basicInformation struct {
	_          uintptr
	pebAddress uintptr
	_          [4]uintptr
}

// unicodeString is UNICODE_STRING, likewise.
type unicodeString struct {
	length, _ uint16
	address   uintptr
}

// commandLineOfMemory follows the pointers in the process' own memory (winternl.h: PEB,
// RTL_USER_PROCESS_PARAMETERS).
func commandLineOfMemory(pid int) (string, error) {
	process, err := windows.OpenProcess(windows.PROCESS_QUERY_INFORMATION|windows.PROCESS_VM_READ, false, uint32(pid))
	if err != nil {
		return "", err
	}
	defer func() { _ = windows.CloseHandle(process) }()
	var basic basicInformation
	var needed uint32
	err = windows.NtQueryInformationProcess(process, windows.ProcessBasicInformation,
		unsafe.Pointer(&basic), uint32(unsafe.Sizeof(basic)), &needed)
	if err != nil {
		return "", err
	}
	var parameters uintptr
	if err := readMemory(process, basic.pebAddress+unsafe.Offsetof(windows.PEB{}.ProcessParameters), &parameters); err != nil {
		return "", err
	}
	var line unicodeString
	const commandLineAt = unsafe.Offsetof(windows.RTL_USER_PROCESS_PARAMETERS{}.CommandLine)
	if err := readMemory(process, parameters+commandLineAt, &line); err != nil || line.length < 2 {
		return "", err
	}
	text := make([]uint16, line.length/2)
	if err := windows.ReadProcessMemory(process, line.address, (*byte)(unsafe.Pointer(&text[0])), uintptr(len(text)*2), nil); err != nil {
		return "", err
	}
	return windows.UTF16ToString(text), nil
}

func readMemory[T any](process windows.Handle, address uintptr, into *T) error {
	return windows.ReadProcessMemory(process, address, (*byte)(unsafe.Pointer(into)), unsafe.Sizeof(*into), nil)
}

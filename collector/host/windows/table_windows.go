//go:build amd64 || arm64

package windows

import (
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"golang.org/x/sys/windows"
)

// table is the process table as one call of NtQuerySystemInformation gives it. Not safe
// for concurrent use.
type table struct {
	// buffer is of uint64 for the alignment that the kernel asks for.
	buffer []uint64
	// processes refer to the buffer.
	processes []Process
	// odd is how many entries and values were lost.
	odd uint64
}

func newTable() *table { return &table{buffer: make([]uint64, 64<<10/8)} }

// read reads the table. The buffer grows until the kernel is content.
func (t *table) read() error {
	for range 10 {
		size, needed := uint32(len(t.buffer)*8), uint32(0)
		address := unsafe.Pointer(&t.buffer[0])
		err := windows.NtQuerySystemInformation(windows.SystemProcessInformation, address, size, &needed)
		if errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) {
			// Processes may have come since the kernel counted.
			t.buffer = make([]uint64, max(uint64(needed), uint64(size))*5/4/8+1)
			continue
		}
		if err != nil {
			return fmt.Errorf("query the process table: %w", err)
		}
		filled := unsafe.Slice((*byte)(address), min(needed, size))
		t.processes, err = Parse(t.processes[:0], filled, uint64(uintptr(address)))
		if len(t.processes) == 0 {
			return err
		}
		t.odd = 0
		if err != nil {
			t.odd++
		}
		t.processes = slices.DeleteFunc(t.processes, func(p Process) bool {
			t.odd += uint64(p.Odd)
			if !p.HasIdentity() {
				t.odd++
			}
			return !p.HasIdentity()
		})
		checkParents(t.processes)
		return nil
	}
	return errors.New("query the process table: it grows faster than it can be read")
}

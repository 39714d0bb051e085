package system

import (
	"errors"
	"fmt"
)

// Unsupported is the Reader of a system of which nothing is known. Readers of systems of
// which something is known embed it.
type Unsupported struct{}

var _ Reader = Unsupported{}

func unsupported(subject string) error {
	return fmt.Errorf("%s: not known on this system: %w", subject, errors.ErrUnsupported)
}

// CPUs implements Reader.
func (Unsupported) CPUs() (*CPUs, error) { return nil, unsupported("CPUs") }

// Load implements Reader.
func (Unsupported) Load() (Load, error) { return Load{}, unsupported("load average") }

// Memory implements Reader.
func (Unsupported) Memory() ([]MemoryField, error) { return nil, unsupported("memory") }

// VMStat implements Reader.
func (Unsupported) VMStat() ([]Counter, error) { return nil, unsupported("virtual memory counters") }

// Disks implements Reader.
func (Unsupported) Disks() ([]Disk, error) { return nil, unsupported("disks") }

// Filesystems implements Reader.
func (Unsupported) Filesystems() ([]Filesystem, error) { return nil, unsupported("filesystems") }

// NetworkDevices implements Reader.
func (Unsupported) NetworkDevices() ([]NetworkDevice, error) {
	return nil, unsupported("network devices")
}

// Pressure implements Reader.
func (Unsupported) Pressure() ([]Pressure, error) { return nil, unsupported("pressure") }

// Kernel implements Reader.
func (Unsupported) Kernel() (*Kernel, error) { return nil, unsupported("kernel counters") }

// FileHandles implements Reader.
func (Unsupported) FileHandles() (FileHandles, error) {
	return FileHandles{}, unsupported("file handles")
}

// Chips implements Reader.
func (Unsupported) Chips() ([]Chip, error) { return nil, unsupported("hardware monitors") }

// Uname implements Reader.
func (Unsupported) Uname() (Uname, error) { return Uname{}, unsupported("uname") }

// OS implements Reader.
func (Unsupported) OS() (*OS, error) { return nil, unsupported("release") }

// Clock implements Reader.
func (Unsupported) Clock() (*Clock, error) { return nil, unsupported("clock") }

// Values implements Reader.
func (Unsupported) Values(s Subject) ([]Value, error) { return nil, unsupported(string(s)) }

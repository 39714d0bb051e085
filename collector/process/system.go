package process

import "time"

// System are the values of the whole host that come with a scan. Zero means not known
// where a real zero cannot be, and nil where it can.
type System struct {
	// BootTime is when the host was started, where Clock.Epoch is not that.
	BootTime time.Time
	// Forks counts processes and threads created since boot (proc_stat(5), processes).
	Forks uint64
	// PIDLimit is the largest number of processes and threads at once
	// (/proc/sys/kernel/pid_max and threads-max, whichever is smaller).
	PIDLimit uint64
	// CPUs is how many CPUs are online.
	CPUs int
	// MemoryTotalBytes and MemoryAvailableBytes are MemTotal and MemAvailable of
	// proc_meminfo(5). The latter is nil before Linux 3.14: an estimate would be wrong by
	// what can be reclaimed.
	MemoryTotalBytes              uint64
	MemoryAvailableBytes          *uint64
	SwapTotalBytes, SwapFreeBytes *uint64
	// CPUTime is the time all CPUs together were busy and idle since boot (proc_stat(5)).
	CPUBusy, CPUIdle time.Duration
	// Load is the load average over 1, 5 and 15 minutes; nil is not known, or not there.
	Load [3]*float64
	// Pressure is the share of the last 10 s in which some task waited for the resource,
	// 0 to 1; nil where the kernel does not tell (Documentation/accounting/psi.rst).
	Pressure *Pressure
}

// Pressure is the "some avg10" of /proc/pressure, as ratios from 0 to 1; nil is not known.
type Pressure struct{ CPU, Memory, IO *float64 }

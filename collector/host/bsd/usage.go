package bsd

import (
	"encoding/binary"
	"math/bits"
	"time"

	"proctree/collector/process"
)

// taskSize is the size of struct proc_taskinfo.
const taskSize = 96

// Task is struct proc_taskinfo of macOS (sys/proc_info.h), as far as it is used.
type Task struct {
	VirtualBytes, ResidentBytes uint64
	// UserTime and SystemTime are in ticks of the CPU's clock; see tickTime.
	UserTime, SystemTime uint64
	// Faults counts all page faults, Pageins those that had to be read from disk. Both are
	// of 32 bits, as ContextSwitches is.
	Faults, Pageins, ContextSwitches uint32
	Threads, Running                 int
}

// Known are those of the values but for times that can be true.
func (t *Task) Known() (known process.Fields) {
	if t.ResidentBytes <= maxMemory {
		known |= process.HasResident
	}
	if t.VirtualBytes <= maxMemory {
		known |= process.HasVirtual
	}
	if t.Threads >= 0 && t.Threads <= maxThreads {
		known |= process.HasThreads
	}
	return known
}

// parseTask parses struct proc_taskinfo.
func parseTask(buf []byte) (Task, error) {
	if len(buf) < taskSize {
		return Task{}, errTruncated
	}
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(buf[at:]) }
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(buf[at:]) }
	return Task{
		VirtualBytes:    u64(0),
		ResidentBytes:   u64(8),
		UserTime:        u64(16),
		SystemTime:      u64(24),
		Faults:          u32(52),
		Pageins:         u32(56),
		ContextSwitches: u32(80),
		Threads:         int(int32(u32(84))),
		Running:         int(int32(u32(88))),
	}, nil
}

// usageSize is the size of struct rusage_info_v2.
const usageSize = 160

// Usage is struct rusage_info_v2 of macOS (sys/resource.h), as far as it is used.
type Usage struct {
	// ReadBytes and WrittenBytes went to or came from disks.
	ReadBytes, WrittenBytes uint64
}

// parseUsage parses struct rusage_info_v2.
func parseUsage(buf []byte) (Usage, error) {
	if len(buf) < usageSize {
		return Usage{}, errTruncated
	}
	return Usage{
		ReadBytes:    binary.LittleEndian.Uint64(buf[144:]),
		WrittenBytes: binary.LittleEndian.Uint64(buf[152:]),
	}, nil
}

// tickTime converts ticks of a clock of so many per second (sysctl hw.tbfrequency: 10^9 on
// Intel's processors, 24 million on Apple's).
func tickTime(ticks, perSecond uint64) time.Duration {
	if perSecond == 0 {
		return 0
	}
	high, low := bits.Mul64(ticks, uint64(time.Second))
	if high >= perSecond {
		return 1<<63 - 1
	}
	nanoseconds, _ := bits.Div64(high, low, perSecond)
	return time.Duration(min(nanoseconds, 1<<63-1))
}

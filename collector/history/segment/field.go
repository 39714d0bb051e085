package segment

import (
	"math"
	"time"

	"proctree/collector/metric"
	"proctree/collector/process"
)

// field is one number of a record. Files name their fields, so that another version can read them.
type field[T any] struct {
	name string
	kind string
	get  func(*T) uint64
	set  func(*T, uint64)
}

// The kinds of fields that the table of metrics does not have.
const (
	kindNumber  = "number"
	kindPresent = "bits"
)

// rowFields are the numbers of a process. Names and kinds of those that are metrics are the ones of
// the table of metrics. TestEveryMetricIsRecorded holds that the metrics are complete.
func rowFields() []field[process.Process] {
	type p = process.Process
	list := []field[p]{
		{"ppid", "", func(p *p) uint64 { return uint64(p.PPID) }, func(p *p, v uint64) { p.PPID = int(v) }},
		{"state", "", func(p *p) uint64 { return uint64(p.State) }, func(p *p, v uint64) { p.State = process.State(v) }},
		{"kernel", "", func(p *p) uint64 { return bit(p.Kernel) }, func(p *p, v uint64) { p.Kernel = v != 0 }},
		{"known", kindPresent, func(p *p) uint64 { return uint64(p.Known &^ notRecorded) }, func(p *p, v uint64) { p.Known = process.Fields(v) }},
		{"nice", "", func(p *p) uint64 { return uint64(p.Nice) }, func(p *p, v uint64) { p.Nice = int8(v) }},
		{"threads", "", func(p *p) uint64 { return uint64(p.Threads) }, func(p *p, v uint64) { p.Threads = int(v) }},
		{"uid", kindNumber, func(p *p) uint64 { return uint64(p.UID) }, func(p *p, v uint64) { p.UID = uint32(v) }},
		{"user_seconds", "", func(p *p) uint64 { return milliseconds(p.UserTime) }, func(p *p, v uint64) { p.UserTime = spent(v) }},
		{"system_seconds", "", func(p *p) uint64 { return milliseconds(p.SystemTime) }, func(p *p, v uint64) { p.SystemTime = spent(v) }},
		{"child_user_seconds", kindNumber, func(p *p) uint64 { return milliseconds(p.ChildUserTime) }, func(p *p, v uint64) { p.ChildUserTime = spent(v) }},
		{"child_system_seconds", kindNumber, func(p *p) uint64 { return milliseconds(p.ChildSystemTime) }, func(p *p, v uint64) { p.ChildSystemTime = spent(v) }},
		{"cpu_wait_seconds", "", func(p *p) uint64 { return milliseconds(p.CPUWait) }, func(p *p, v uint64) { p.CPUWait = spent(v) }},
		{"block_io_delay_seconds", "", func(p *p) uint64 { return milliseconds(p.Delays.BlockIO) }, func(p *p, v uint64) { p.Delays.BlockIO = spent(v) }},
		{"swap_in_delay_seconds", "", func(p *p) uint64 { return milliseconds(p.Delays.SwapIn) }, func(p *p, v uint64) { p.Delays.SwapIn = spent(v) }},
		{"reclaim_delay_seconds", "", func(p *p) uint64 { return milliseconds(p.Delays.Reclaim) }, func(p *p, v uint64) { p.Delays.Reclaim = spent(v) }},
		{"thrashing_delay_seconds", "", func(p *p) uint64 { return milliseconds(p.Delays.Thrashing) }, func(p *p, v uint64) { p.Delays.Thrashing = spent(v) }},
		{"memory", "", func(p *p) uint64 { return pages(p.ResidentBytes) }, func(p *p, v uint64) { p.ResidentBytes = bytesOf(v) }},
		{"virtual", "", func(p *p) uint64 { return pages(p.VirtualBytes) }, func(p *p, v uint64) { p.VirtualBytes = bytesOf(v) }},
		{"swap", "", func(p *p) uint64 { return pages(p.SwapBytes) }, func(p *p, v uint64) { p.SwapBytes = bytesOf(v) }},
		{"pss", "", func(p *p) uint64 { return pages(p.ProportionalBytes) }, func(p *p, v uint64) { p.ProportionalBytes = bytesOf(v) }},
		{"read_bytes", "", func(p *p) uint64 { return pages(p.ReadBytes) }, func(p *p, v uint64) { p.ReadBytes = bytesOf(v) }},
		{"written_bytes", "", func(p *p) uint64 { return pages(p.WrittenBytes) }, func(p *p, v uint64) { p.WrittenBytes = bytesOf(v) }},
		{"gpu_seconds", "", func(p *p) uint64 { return milliseconds(p.GPUTime) }, func(p *p, v uint64) { p.GPUTime = spent(v) }},
		{"gpu_memory", "", func(p *p) uint64 { return pages(p.GPUMemoryBytes) }, func(p *p, v uint64) { p.GPUMemoryBytes = bytesOf(v) }},
		{"open_fds", "", func(p *p) uint64 { return p.OpenFDs }, func(p *p, v uint64) { p.OpenFDs = v }},
		{"major_faults", kindNumber, func(p *p) uint64 { return p.MajorFaults }, func(p *p, v uint64) { p.MajorFaults = v }},
	}
	list = append(list, networkFields("", func(p *p) **process.Network { return &p.Network })...)
	for i := range list {
		if m, ok := metric.Find(list[i].name); ok {
			list[i].kind = m.Kind.String()
		}
	}
	return list
}

// trafficValue is a value of the network, of all protocols together: no answer about single processes
// tells them apart. What was decoded has it under "other".
type trafficValue struct {
	name string
	get  func(process.Traffic) uint64
	set  func(*process.Traffic, uint64)
}

var trafficValues = [...]trafficValue{
	{"network_received_bytes", func(t process.Traffic) uint64 { return t.ReceivedBytes }, func(t *process.Traffic, v uint64) { t.ReceivedBytes = v }},
	{"network_transmitted_bytes", func(t process.Traffic) uint64 { return t.TransmittedBytes }, func(t *process.Traffic, v uint64) { t.TransmittedBytes = v }},
	{"network_received_operations", func(t process.Traffic) uint64 { return t.ReceivedOperations }, func(t *process.Traffic, v uint64) { t.ReceivedOperations = v }},
	{"network_transmitted_operations", func(t process.Traffic) uint64 { return t.TransmittedOperations }, func(t *process.Traffic, v uint64) { t.TransmittedOperations = v }},
}

func (t *trafficValue) of(n *process.Network) uint64 {
	if n == nil {
		return 0
	}
	return t.get(n.Total())
}

// in returns a copy with another value, for tables share it.
func (t *trafficValue) in(n *process.Network, v uint64) *process.Network {
	if n == nil && v == 0 {
		return nil
	}
	next := &process.Network{Other: n.Total()}
	t.set(&next.Other, v)
	if *next == (process.Network{}) {
		return nil
	}
	return next
}

// networkFields are those of a record that has the network at that place.
func networkFields[T any](kind string, at func(*T) **process.Network) []field[T] {
	var list []field[T]
	for i := range trafficValues {
		t := &trafficValues[i]
		list = append(list, field[T]{
			t.name, kind,
			func(of *T) uint64 { return t.of(*at(of)) },
			func(of *T, v uint64) { n := at(of); *n = t.in(*n, v) },
		})
	}
	return list
}

// currentName is what a field is called now that an earlier version wrote.
func currentName(name string) string {
	if name == "proportional" {
		return "pss"
	}
	return name
}

// notRecorded are values that no answer shows. They change each time a process wakes, and would be
// most of a recording.
const notRecorded = process.HasMinorFaults | process.HasSwitches

// exitFields are the numbers of a process that ended.
func exitFields() []field[process.Exit] {
	type e = process.Exit
	list := []field[e]{
		{"pid", kindNumber, func(e *e) uint64 { return uint64(e.ID.PID) }, func(e *e, v uint64) { e.ID.PID = int(v) }},
		{"start_ticks", kindNumber, func(e *e) uint64 { return e.ID.StartTicks }, func(e *e, v uint64) { e.ID.StartTicks = v }},
		{"ppid", kindNumber, func(e *e) uint64 { return uint64(e.Parent) }, func(e *e, v uint64) { e.Parent = int(v) }},
		{"uid", kindNumber, func(e *e) uint64 { return uint64(e.UID) }, func(e *e, v uint64) { e.UID = uint32(v) }},
		{"exit_code", kindNumber, func(e *e) uint64 { return uint64(e.Code) }, func(e *e, v uint64) { e.Code = int(v) }},
		{"processes", kindNumber, func(e *e) uint64 { return e.Processes }, func(e *e, v uint64) { e.Processes = v }},
		{"known", kindPresent, func(e *e) uint64 { return uint64(e.Known) }, func(e *e, v uint64) { e.Known = process.Fields(v) }},
		// Short lives use less than a millisecond, and many of them add up.
		{"user_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.UserTime) }, func(e *e, v uint64) { e.UserTime = time.Duration(v) }},
		{"system_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.SystemTime) }, func(e *e, v uint64) { e.SystemTime = time.Duration(v) }},
		{"cpu_wait_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.CPUWait) }, func(e *e, v uint64) { e.CPUWait = time.Duration(v) }},
		{"block_io_delay_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.Delays.BlockIO) }, func(e *e, v uint64) { e.Delays.BlockIO = time.Duration(v) }},
		{"swap_in_delay_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.Delays.SwapIn) }, func(e *e, v uint64) { e.Delays.SwapIn = time.Duration(v) }},
		{"reclaim_delay_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.Delays.Reclaim) }, func(e *e, v uint64) { e.Delays.Reclaim = time.Duration(v) }},
		{"thrashing_delay_nanoseconds", kindNumber, func(e *e) uint64 { return uint64(e.Delays.Thrashing) }, func(e *e, v uint64) { e.Delays.Thrashing = time.Duration(v) }},
		{"read_bytes", kindNumber, func(e *e) uint64 { return e.ReadBytes }, func(e *e, v uint64) { e.ReadBytes = v }},
		{"written_bytes", kindNumber, func(e *e) uint64 { return e.WrittenBytes }, func(e *e, v uint64) { e.WrittenBytes = v }},
		{"minor_faults", kindNumber, func(e *e) uint64 { return e.MinorFaults }, func(e *e, v uint64) { e.MinorFaults = v }},
		{"major_faults", kindNumber, func(e *e) uint64 { return e.MajorFaults }, func(e *e, v uint64) { e.MajorFaults = v }},
	}
	return append(list, networkFields(kindNumber, func(e *e) **process.Network { return &e.Network })...)
}

// takenField is the time of the table.
const takenField = "taken_nanoseconds"

// hostFields are the numbers of the host and of the scan. A number that can be absent is written
// plus one, and 0 where it is absent.
func hostFields() []field[process.Snapshot] {
	type s = process.Snapshot
	return []field[s]{
		{takenField, kindNumber, func(s *s) uint64 { return uint64(s.Taken.UnixNano()) }, func(s *s, v uint64) { s.Taken = time.Unix(0, int64(v)) }},
		{"scan_nanoseconds", kindNumber, func(s *s) uint64 { return uint64(s.Duration) }, func(s *s, v uint64) { s.Duration = time.Duration(v) }},
		// Seconds apart from nanoseconds: the ticks of Windows begin in 1601, which nanoseconds do not reach.
		{"clock_epoch_seconds", kindNumber, func(s *s) uint64 { return uint64(s.Clock.Epoch.Unix()) }, func(s *s, v uint64) { s.Clock.Epoch = time.Unix(int64(v), 0) }},
		{"clock_epoch_nanoseconds", kindNumber, func(s *s) uint64 { return uint64(s.Clock.Epoch.Nanosecond()) }, func(s *s, v uint64) { s.Clock.Epoch = withNanoseconds(s.Clock.Epoch, v) }},
		{"clock_ticks_per_second", kindNumber, func(s *s) uint64 { return s.Clock.TicksPerSecond }, func(s *s, v uint64) { s.Clock.TicksPerSecond = v }},
		{"clock_now", kindNumber, func(s *s) uint64 { return s.Clock.Now }, func(s *s, v uint64) { s.Clock.Now = v }},
		{"exits_lost", kindNumber, func(s *s) uint64 { return s.ExitsLost }, func(s *s, v uint64) { s.ExitsLost = v }},
		{"boot_seconds", kindNumber, func(s *s) uint64 { return uint64(s.System.BootTime.Unix()) }, func(s *s, v uint64) { s.System.BootTime = time.Unix(int64(v), 0) }},
		{"boot_nanoseconds", kindNumber, func(s *s) uint64 { return uint64(s.System.BootTime.Nanosecond()) }, func(s *s, v uint64) { s.System.BootTime = withNanoseconds(s.System.BootTime, v) }},
		{"forks", kindNumber, func(s *s) uint64 { return s.System.Forks }, func(s *s, v uint64) { s.System.Forks = v }},
		{"pid_limit", kindNumber, func(s *s) uint64 { return s.System.PIDLimit }, func(s *s, v uint64) { s.System.PIDLimit = v }},
		{"cpus", kindNumber, func(s *s) uint64 { return uint64(s.System.CPUs) }, func(s *s, v uint64) { s.System.CPUs = int(v) }},
		{"memory_total", kindNumber, func(s *s) uint64 { return pages(s.System.MemoryTotalBytes) }, func(s *s, v uint64) { s.System.MemoryTotalBytes = bytesOf(v) }},
		{"memory_available", kindNumber, func(s *s) uint64 { return optional(s.System.MemoryAvailableBytes) }, func(s *s, v uint64) { s.System.MemoryAvailableBytes = pointer(v) }},
		{"swap_total", kindNumber, func(s *s) uint64 { return optional(s.System.SwapTotalBytes) }, func(s *s, v uint64) { s.System.SwapTotalBytes = pointer(v) }},
		{"swap_free", kindNumber, func(s *s) uint64 { return optional(s.System.SwapFreeBytes) }, func(s *s, v uint64) { s.System.SwapFreeBytes = pointer(v) }},
		{"cpu_busy", kindNumber, func(s *s) uint64 { return uint64(s.System.CPUBusy) }, func(s *s, v uint64) { s.System.CPUBusy = time.Duration(v) }},
		{"cpu_idle", kindNumber, func(s *s) uint64 { return uint64(s.System.CPUIdle) }, func(s *s, v uint64) { s.System.CPUIdle = time.Duration(v) }},
		loadField("load1", 0), loadField("load5", 1), loadField("load15", 2),
		pressureField("pressure_cpu", func(p *process.Pressure) **float64 { return &p.CPU }),
		pressureField("pressure_memory", func(p *process.Pressure) **float64 { return &p.Memory }),
		pressureField("pressure_io", func(p *process.Pressure) **float64 { return &p.IO }),
	}
}

func loadField(name string, at int) field[process.Snapshot] {
	return field[process.Snapshot]{
		name, kindNumber,
		func(s *process.Snapshot) uint64 { return ratio(s.System.Load[at]) },
		func(s *process.Snapshot, v uint64) { s.System.Load[at] = ratioOf(v) },
	}
}

func pressureField(name string, of func(*process.Pressure) **float64) field[process.Snapshot] {
	return field[process.Snapshot]{
		name, kindNumber,
		func(s *process.Snapshot) uint64 {
			if s.System.Pressure == nil {
				return 0
			}
			return ratio(*of(s.System.Pressure))
		},
		func(s *process.Snapshot, v uint64) {
			if v == 0 {
				return
			}
			if s.System.Pressure == nil {
				s.System.Pressure = new(process.Pressure)
			}
			*of(s.System.Pressure) = ratioOf(v)
		},
	}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// CPU times are kept in whole milliseconds, rounded down, so that counters never fall. Microseconds
// would make a recording of many idle processes several times larger.
func milliseconds(d time.Duration) uint64 { return uint64(d / time.Millisecond) }

func spent(v uint64) time.Duration { return time.Duration(v) * time.Millisecond }

const pageBytes = 4096

// pages makes small numbers of amounts of memory, most of which are whole pages.
func pages(bytes uint64) uint64 {
	if bytes%pageBytes == 0 {
		return bytes / pageBytes << 1
	}
	return bytes<<1 | 1
}

func bytesOf(v uint64) uint64 {
	if v&1 == 0 {
		return v >> 1 * pageBytes
	}
	return v >> 1
}

func optional(bytes *uint64) uint64 {
	if bytes == nil {
		return 0
	}
	return pages(*bytes) + 1
}

func pointer(v uint64) *uint64 {
	if v == 0 {
		return nil
	}
	return new(bytesOf(v - 1))
}

// ratio makes small numbers of ratios with few decimals, as the kernel prints them. 0 is absent.
func ratio(f *float64) uint64 {
	if f == nil {
		return 0
	}
	if cents := math.Round(*f * 1e4); cents >= 0 && cents < 1<<40 && cents/1e4 == *f {
		return uint64(cents)<<1 + 1
	}
	return math.Float64bits(*f)&^1 + 2
}

func ratioOf(v uint64) *float64 {
	switch {
	case v == 0:
		return nil
	case v&1 == 1:
		return new(float64(v>>1) / 1e4)
	}
	return new(math.Float64frombits(v - 2))
}

// withNanoseconds sets the part of a moment that is less than a second.
func withNanoseconds(t time.Time, v uint64) time.Time { return time.Unix(t.Unix(), int64(v)) }

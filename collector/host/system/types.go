package system

import "time"

// CPUs are the logical processors that are online.
type CPUs struct {
	CPUs []CPU
	// CoreThrottles and PackageThrottles count how often the processor slowed down because
	// of heat, per core and per package; empty where the hardware does not tell.
	CoreThrottles    []CoreThrottle
	PackageThrottles []PackageThrottle
	// Isolated are the names of the CPUs on which the scheduler puts nothing by itself.
	Isolated []string
}

// CPU is one logical processor and the seconds it spent since boot, by mode. No counter
// falls while the CPU stays online.
type CPU struct {
	// Name is the kernel's number of it.
	Name string
	// Modes are "user", "nice", "system", "idle", "iowait", "irq", "softirq" and "steal"
	// as far as they are known (proc_stat(5)).
	Modes []ModeTime
	// Guest is the part of "user" and "nice" that ran guests of this host.
	Guest []ModeTime
}

// ModeTime is how many seconds a CPU spent in a mode.
type ModeTime struct {
	Mode    string
	Seconds float64
}

// CoreThrottle counts the throttlings of one core.
type CoreThrottle struct {
	Package, Core string
	Count         uint64
}

// PackageThrottle counts the throttlings of one package.
type PackageThrottle struct {
	Package string
	Count   uint64
}

// Counter is a counter under the kernel's name.
type Counter struct {
	Name  string
	Value uint64
}

// Disk is one block device.
type Disk struct {
	Device string
	values [diskMetrics]float64
	// known has a bit for each metric that was read.
	known uint32
	// Info is nil where it is not known.
	Info *DiskInfo
}

// Set sets a metric, which is known from then on.
func (d *Disk) Set(f DiskMetric, value float64) {
	d.values[f] = value
	d.known |= 1 << f
}

// Value returns a metric, if it is known.
func (d *Disk) Value(f DiskMetric) (value float64, ok bool) {
	return d.values[f], d.known&(1<<f) != 0
}

// DiskMetric is one metric of a disk since boot (Documentation/admin-guide/iostats.rst).
type DiskMetric int

// The values of disks. Times are sums over all requests, but that of BusySeconds, in which
// something was in flight; WeightedSeconds is the same times the number in flight.
const (
	ReadsCompleted DiskMetric = iota
	ReadsMerged
	BytesRead
	ReadSeconds
	WritesCompleted
	WritesMerged
	BytesWritten
	WriteSeconds
	InFlight
	BusySeconds
	WeightedSeconds
	DiscardsCompleted
	DiscardsMerged
	// SectorsDiscarded are sectors of 512 bytes.
	SectorsDiscarded
	DiscardSeconds
	FlushesCompleted
	FlushSeconds
	diskMetrics
)

// DiskInfo is what a device is, most of it in the words of udev(7). An empty field is not
// known.
type DiskInfo struct {
	Major, Minor                       string
	Path, WWN, Model, Serial, Revision string
	// Rotational is "1" for a disk that turns, "0" for one that does not.
	Rotational string
	// FSType is empty unless there is a filesystem on the device itself.
	FSType, FSUsage, FSUUID, FSVersion string
	// MapperName is empty unless the device mapper made the device.
	MapperName, MapperUUID, VolumeGroup, LogicalVolume, LogicalLayer string
	// ATA is nil for a disk of another kind.
	ATA *ATA
}

// ATA is what an ATA disk says of itself; nil is not known.
type ATA struct{ WriteCache, WriteCacheEnabled, RotationRPM *float64 }

// Filesystem is one mount.
type Filesystem struct {
	Device, MountPoint, Type string
	// Major and Minor are the device's numbers; empty where there are none.
	Major, Minor string
	ReadOnly     bool
	// Error says why there are no values; empty if there are.
	Error string
	Usage Usage
}

// Usage is how full a filesystem is.
type Usage struct {
	SizeBytes, FreeBytes uint64
	// AvailableBytes is what is free for others than root.
	AvailableBytes uint64
	// Inodes is nil on a filesystem without them.
	Inodes *Inodes
}

// Inodes are the file nodes of a filesystem.
type Inodes struct{ Total, Free uint64 }

// NetworkDevice is one network interface. The counters carry the names of /proc/net/dev
// (proc_pid_net(5)) with the direction before: "receive_bytes", "transmit_colls".
type NetworkDevice struct {
	Name     string
	Counters []Counter
}

// Pressure is how long tasks waited for one resource since boot
// (Documentation/accounting/psi.rst); nil is not known.
type Pressure struct {
	// Resource is "cpu", "memory", "io" or "irq".
	Resource string
	// Some is the time in which at least one task waited, Full that in which all did.
	Some, Full *time.Duration
}

// Kernel are counts since boot; nil is not known.
type Kernel struct {
	BootTime                           time.Time
	Interrupts, ContextSwitches, Forks *uint64
	// Running and Blocked are the tasks that run or could, and that wait for I/O.
	Running, Blocked *uint64
}

// FileHandles are the open file handles of the host and how many there may be
// (proc_sys_fs(5), file-nr); nil is not known.
type FileHandles struct{ Allocated, Maximum *uint64 }

// Load is the load averages over 1, 5 and 15 minutes; nil is not known.
type Load [3]*float64

// Uname is utsname of uname(2).
type Uname struct{ Sysname, Release, Version, Machine, Nodename, Domainname string }

// OS is the release of the operating system, in the words of os-release(5). An empty
// field is not known.
type OS struct {
	BuildID, ID, IDLike, ImageID, ImageVersion, Name, PrettyName string
	Variant, VariantID, Version, VersionCodename, VersionID      string
	// SupportEnd is when support ends; zero is not known.
	SupportEnd time.Time
}

// Clock is the wall clock.
type Clock struct {
	// Now carries the local time zone.
	Now time.Time
	// Sources are the kernel's clock devices; empty where it does not tell.
	Sources []ClockSource
}

// ClockSource is one clock device and what can drive it.
type ClockSource struct {
	Device    string
	Available []string
	// Current is empty where it is not known.
	Current string
}

// Chip is one hardware monitor.
type Chip struct {
	// Name is made of the device, so that it stays the same over boots, and is unique.
	Name string
	// Model is the driver's name for it, such as "coretemp"; empty if there is none.
	Model   string
	Sensors []Sensor
}

// Sensor is one sensor of a chip. Its values are in the units of the kernel's
// Documentation/hwmon/sysfs-interface.rst: millivolt, millidegree, microwatt.
type Sensor struct {
	// Kind is "temp", "fan", "in" and so on; Name is Kind with the number, "temp1".
	Kind, Name string
	// Label is what the board's maker calls it; empty if there is none.
	Label string
	// Values are sorted by Element.
	Values []SensorValue
}

// SensorValue is one file of a sensor: of temp1_crit_alarm the element is "crit_alarm".
type SensorValue struct {
	Element string
	Value   float64
}

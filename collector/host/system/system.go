// Package system reads the values of the host as a whole: CPUs, memory, disks,
// filesystems, network devices, sensors. Every subject has a method of its own and is read
// when it is asked for, so that a subject nobody wants costs nothing.
//
// The values are those that node_exporter shows, in the units of the metrics: bytes and
// seconds. Linux gives all of them, through procfs and sysfs; elsewhere gopsutil gives
// what it can.
package system

import (
	"regexp"
	"time"
)

// Reader reads one subject at a time. It is safe for concurrent use. A subject, or a part
// of one, that this system does not have gives an error that matches
// errors.ErrUnsupported, or is absent from the answer.
//
// A line, a field or a file that cannot be parsed costs only what is derived from it: the
// answer holds all the rest, and goes with a PartialError. See Damage for how to do it.
type Reader interface {
	// CPUs returns the time every online CPU spent in each mode.
	CPUs() (*CPUs, error)
	// Load returns the load averages over 1, 5 and 15 minutes.
	Load() (Load, error)
	// Memory returns the fields of /proc/meminfo, or those of the same name elsewhere.
	Memory() ([]MemoryField, error)
	// VMStat returns the counters of /proc/vmstat that Config.VMStat allows.
	VMStat() ([]Counter, error)
	// Disks returns the block devices that Config.Disks allows.
	Disks() ([]Disk, error)
	// Filesystems returns the mounts that Config.MountPoints and Config.FSTypes allow. It
	// answers within about Config.MountTimeout, however long a mount takes.
	Filesystems() ([]Filesystem, error)
	// NetworkDevices returns the devices that Config.NetworkDevices allows.
	NetworkDevices() ([]NetworkDevice, error)
	// Pressure returns how long tasks waited for each resource.
	Pressure() ([]Pressure, error)
	// Kernel returns the counts that the kernel keeps since boot.
	Kernel() (*Kernel, error)
	// FileHandles returns the open file handles of all processes together.
	FileHandles() (FileHandles, error)
	// Chips returns the hardware monitors with their sensors.
	Chips() ([]Chip, error)
	// Uname returns what uname(2) says.
	Uname() (Uname, error)
	// OS returns the release of the operating system.
	OS() (*OS, error)
	// Clock returns the wall clock's state.
	Clock() (*Clock, error)
	// Values returns what a subject has on this host. With an error the values that are
	// not concerned by it are returned all the same.
	Values(Subject) ([]Value, error)
}

// Config says where to read and what to leave out. The zero value reads this host and
// leaves out nothing but what the defaults of NewReader name.
type Config struct {
	// ProcFS, SysFS and RootFS are where procfs, sysfs and the host's root are mounted:
	// "/proc", "/sys" and "/". Mount points are reported without RootFS.
	ProcFS, SysFS, RootFS string

	Disks, NetworkDevices, MountPoints, FSTypes, VMStat Filter
	// Chips filters by a chip's name, Sensors by "CHIP;SENSOR".
	Chips, Sensors Filter
	// ARP and NetClass filter by device, Netstat by "PROTOCOL_NAME", PowerSupplies by name,
	// Interrupts by "NAME;INFO;DEVICES", InfiniBand and Tapes by device.
	ARP, NetClass, Netstat, PowerSupplies, Interrupts, InfiniBand, Tapes Filter
	// InterruptsWithoutZeros leaves out interrupts that a CPU never had.
	InterruptsWithoutZeros bool
	// ProcessStates counts processes and threads by state, which costs a file for each.
	ProcessStates bool
	// IgnoreInvalidSpeed leaves out the speed of network devices that do not know it, and
	// say -1.
	IgnoreInvalidSpeed bool

	// MountTimeout is how long a mount may take to answer; DefaultMountTimeout.
	MountTimeout time.Duration
}

// DefaultMountTimeout is long enough for a disk that has to spin up more often than not,
// and leaves a scrape of ten seconds most of its time.
const DefaultMountTimeout = 2 * time.Second

// The filters that node_exporter has unless it is told otherwise.
const (
	DefaultDisksExclude       = `^(z?ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$`
	DefaultMountPointsExclude = `^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)`
	DefaultFSTypesExclude     = `^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|erofs|sysfs|tracefs)$`
	DefaultNetstatInclude     = `^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$`
	DefaultVMStatInclude      = `^(oom_kill|pgpg|pswp|pg.*fault).*`
)

// Filter decides by name what is read. Expressions match anywhere in a name, as in
// node_exporter; nil allows all.
type Filter struct{ Include, Exclude *regexp.Regexp }

// Allows reports whether the name is included and not excluded.
func (f Filter) Allows(name string) bool {
	return (f.Include == nil || f.Include.MatchString(name)) &&
		(f.Exclude == nil || !f.Exclude.MatchString(name))
}

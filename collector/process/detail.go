package process

import "errors"

// ErrNoProcess is returned for a process that does not exist, or no longer.
var ErrNoProcess = errors.New("no such process")

// Detail is one process in full. A nil pointer, slice or map means not known.
type Detail struct {
	Limits []Limit
	// Descriptors are the open descriptors, at most MaxDetailDescriptors of them.
	Descriptors []Descriptor
	// Sockets are those among Descriptors, without those of a protocol that has no list.
	Sockets []Socket
	// ThreadList are the threads, at most MaxDetailThreads of them.
	ThreadList []Thread
	// Memory holds parts of the memory in bytes under proc_pid_status(5)'s names in snake
	// case, as "resident_anonymous", "resident_file", "resident_shared", "locked",
	// "peak_resident", and "proportional" where it may be read.
	Memory map[string]uint64
	// IO holds the counters of proc_pid_io(5) under the kernel's names.
	IO        map[string]uint64
	Cgroups   []string
	Cwd, Root string
	// WaitChan is the function of the kernel in which the first thread waits (proc_pid_wchan(5)).
	WaitChan string
	// KernelStack are the functions of the kernel in which it waits, the innermost first, at most
	// MaxKernelStack (proc_pid_stack(5)). It needs CAP_SYS_ADMIN.
	KernelStack []string
	// OOMScore is 0 to 2000 (proc_pid_oom_score(5)).
	OOMScore *int
}

// MaxDetailDescriptors and MaxDetailThreads bound what Detail lists.
const (
	MaxDetailDescriptors = 1000
	MaxDetailThreads     = 1000
)

// MaxKernelStack bounds Detail.KernelStack.
const MaxKernelStack = 16

// Limit is one resource limit (getrlimit(2)); nil is unlimited.
type Limit struct {
	Name, Unit string
	Soft, Hard *uint64
}

// Descriptor is one open file: its number and what /proc/PID/fd/N points at.
type Descriptor struct {
	FD     int
	Target string
}

// Socket is one open socket.
type Socket struct {
	FD int
	// Protocol is "tcp", "udp" or "unix".
	Protocol string
	// Local and Remote are addresses with ports, as "127.0.0.1:443" and "[::1]:443", or the path
	// of a Unix socket; Remote is empty for a socket without a peer.
	Local, Remote string
	// State is "listen", "established", or another state of a connection.
	State string
}

// Thread is one thread of a process.
type Thread struct {
	TID         int
	Name        string
	State       State
	UserSeconds float64
	SysSeconds  float64
	// WaitChan is the function of the kernel in which a blocked thread waits; only threads in
	// state D have one.
	WaitChan string
}

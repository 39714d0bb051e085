package process

import "time"

// HostInfo is what does not change about a host while it runs. An empty field is not known.
type HostInfo struct {
	// Name is the host's name in its network.
	Name string
	// OS is the operating system as it calls itself, such as "Debian GNU/Linux 12
	// (bookworm)"; Platform is Go's name of it, such as "linux".
	OS, Platform string
	// Kernel is the release of the kernel, such as "6.1.0-18-amd64".
	Kernel string
	// Arch is Go's name of the architecture, such as "amd64".
	Arch string
	// CPUs is how many CPUs are online.
	CPUs int
	// BootTime is when the host was booted.
	BootTime time.Time
}

package system

// Subject names one kind of values that Reader.Values reads.
type Subject string

// The subjects, each of them a collector of node_exporter's under the same name.
const (
	ARP          Subject = "arp"
	Bonding      Subject = "bonding"
	Conntrack    Subject = "conntrack"
	CPUFreq      Subject = "cpufreq"
	DMI          Subject = "dmi"
	DMMultipath  Subject = "dmmultipath"
	EDAC         Subject = "edac"
	Entropy      Subject = "entropy"
	FibreChannel Subject = "fibrechannel"
	InfiniBand   Subject = "infiniband"
	Interrupts   Subject = "interrupts"
	IPVS         Subject = "ipvs"
	KernelHung   Subject = "kernel_hung"
	MDAdm        Subject = "mdadm"
	NetClass     Subject = "netclass"
	Netstat      Subject = "netstat"
	NFS          Subject = "nfs"
	NFSd         Subject = "nfsd"
	NVMe         Subject = "nvme"
	PowerSupply  Subject = "powersupplyclass"
	Processes    Subject = "processes"
	RAPL         Subject = "rapl"
	Schedstat    Subject = "schedstat"
	SELinux      Subject = "selinux"
	Sockstat     Subject = "sockstat"
	Softnet      Subject = "softnet"
	TapeStats    Subject = "tapestats"
	TCPStat      Subject = "tcpstat"
	ThermalZone  Subject = "thermal_zone"
	Timex        Subject = "timex"
	UDPQueues    Subject = "udp_queues"
	Watchdog     Subject = "watchdog"
	XFS          Subject = "xfs"
	ZFS          Subject = "zfs"
)

// Value is one number of a subject. Its name, labels and unit are those of node_exporter's
// metric, the namespace left out.
type Value struct {
	Name   string
	Number float64
	// Labels are shared by the values of one thing, such as a device: do not change them.
	Labels []Label
}

// Label tells values of one name apart.
type Label struct{ Name, Value string }

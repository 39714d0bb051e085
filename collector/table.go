package collector

// Spec is one row of the table of collectors.
type Spec struct {
	// Name is the name in flags and in the parameter collect[].
	Name string
	// Default is whether the collector is enabled by default.
	Default bool
	// Help is the line of --help: what the collector shows.
	Help string
	// New makes the collector.
	New func(Options) Collector
}

// Values of Default in the table.
const (
	on  = true
	off = false
)

// GroupProportionalMemory is the collector whose values are read only if it is enabled.
const GroupProportionalMemory = "group_proportional_memory"

// Table lists every collector there is. The flags --[no-]collector.NAME, the parameter
// collect[] and the documentation follow from it. To add a collector, add a file and a row.
func Table() []Spec {
	return []Spec{
		{"processes", on, "Processes and threads of the whole host, their limits, forks.", newProcesses},
		{"scan", on, "Duration, size and errors of the exporter's own scans.", newScan},

		{"group_processes", on, "Processes by state, and threads, per group.", newGroupProcesses},
		{"group_cpu", on, "CPU time per group.", newGroupCPU},
		{"group_cpu_wait", on, "Time that processes waited for a CPU, per group.", newGroupCPUWait},
		{"group_delays", on, "Time that processes waited for block I/O, swap and memory, per group; needs kernel.task_delayacct.", newGroupDelays},
		{"group_memory", on, "Resident, virtual and swapped memory per group.", newGroupMemory},
		{GroupProportionalMemory, off, "Proportional memory (PSS) per group; expensive to collect.", newGroupProportionalMemory},
		{"group_io", on, "Bytes read from and written to storage per group.", newGroupIO},
		{"group_descriptors", on, "Open file descriptors per group, and their ratio to the limit.", newGroupDescriptors},
		{"group_page_faults", on, "Page faults per group.", newGroupPageFaults},
		{"group_context_switches", on, "Context switches per group.", newGroupContextSwitches},
		{"group_lifecycle", on, "Starts, exits, abnormal exits, oldest and newest start per group.", newGroupLifecycle},
		{GroupLimits, on, "CPU throttling and memory limits of the control groups of a group.", newGroupLimits},
		{GroupNetwork, off, "Bytes sent and received per group; makes each call of sockets some 0.2 µs slower.", newGroupNetwork},
		{GroupGPU, on, "Time that engines of GPUs worked for a group, and its memory on them.", newGroupGPU},
		{GroupSockets, off, "TCP and UDP sockets per group; reads all open file descriptors, within a time budget.", newGroupSockets},

		{CgroupPressure, off, "Time that tasks in units, containers and pods waited for CPU, memory and I/O (PSI).", newCgroupPressure},

		{"process_info", on, "Name, parent, group, user and start time of each of the top processes.", newProcessInfo},
		{"process_cpu", on, "CPU time of each of the top processes.", newProcessCPU},
		{"process_cpu_wait", on, "Time that each of the top processes waited for a CPU.", newProcessCPUWait},
		{"process_delays", on, "Time that each of the top processes waited for block I/O, swap and memory; needs kernel.task_delayacct.", newProcessDelays},
		{"process_memory", on, "Resident memory of each of the top processes.", newProcessMemory},
		{"process_io", on, "Bytes read and written by each of the top processes.", newProcessIO},
		{ProcessNetwork, off, "Bytes sent and received by each of the top processes; costs the same as group_network.", newProcessNetwork},
		{ProcessGPU, on, "Time that GPUs worked for each of the top processes, and its memory on them.", newProcessGPU},
		{"process_threads", on, "Threads of each of the top processes.", newProcessThreads},
		{"process_descriptors", on, "Open file descriptors of each of the top processes.", newProcessDescriptors},

		{"system_cpu", on, "CPU time by mode, per CPU; thermal throttling.", newSystemCPU},
		{"system_loadavg", on, "Load averages.", newSystemLoad},
		{"system_meminfo", on, "Memory, all fields of /proc/meminfo.", newSystemMeminfo},
		{"system_vmstat", on, "Paging, swapping, page faults, OOM kills.", newSystemVMStat},
		{"system_diskstats", on, "Requests, bytes and time per disk.", newSystemDiskstats},
		{"system_filesystem", on, "Size, free space and inodes per filesystem.", newSystemFilesystem},
		{"system_netdev", on, "Bytes, packets and errors per network device.", newSystemNetdev},
		{"system_pressure", on, "Time that tasks waited for CPU, memory and I/O (PSI).", newSystemPressure},
		{"system_stat", on, "Boot time, interrupts, context switches, forks, runnable and blocked tasks.", newSystemStat},
		{"system_filefd", on, "Open file handles of the whole host, and their limit.", newSystemFilefd},
		{"system_hwmon", on, "Temperatures, fans, voltages of the hardware monitors.", newSystemHwmon},
		{"system_uname", on, "Kernel version and host name.", newSystemUname},
		{"system_os", on, "Release of the operating system.", newSystemOS},
		{"system_time", on, "Wall clock, time zone, clock source.", newSystemTime},
		{"system_timex", on, "Synchronization state of the clock.", newSystemTimex},
		{"system_arp", on, "Entries of the ARP table per network device.", newSystemARP},
		{"system_bonding", on, "Network devices of bonding interfaces, and those with a link.", newSystemBonding},
		{"system_conntrack", on, "Connections that netfilter tracks, and their limit.", newSystemConntrack},
		{"system_cpufreq", on, "Frequencies and scaling governor per CPU.", newSystemCPUFreq},
		{"system_entropy", on, "Entropy of the random number generator.", newSystemEntropy},
		{"system_interrupts", off, "Interrupts per interrupt and CPU.", newSystemInterrupts},
		{"system_kernel_hung", on, "Tasks that the kernel reported as hung.", newSystemKernelHung},
		{"system_mdadm", on, "State, disks and synchronization of software RAID.", newSystemMDAdm},
		{"system_netclass", on, "Link, speed and settings per network device.", newSystemNetClass},
		{"system_netstat", on, "Counters of the network protocols.", newSystemNetstat},
		{"system_nfs", on, "Calls by the NFS client.", newSystemNFS},
		{"system_powersupplyclass", on, "Batteries and mains adapters.", newSystemPowerSupply},
		{"system_processes", on, "Threads of the host and their limits; with a flag, processes and threads by state.", newSystemProcesses},
		{"system_schedstat", on, "Time that tasks ran on and waited for each CPU.", newSystemSchedstat},
		{"system_sockstat", on, "Sockets in use per protocol, and their memory.", newSystemSockstat},
		{"system_softnet", on, "Packets that each CPU processed and dropped.", newSystemSoftnet},
		{"system_tcpstat", off, "TCP sockets by state.", newSystemTCPStat},
		{"system_thermal_zone", on, "Temperatures and cooling devices of the kernel's thermal framework.", newSystemThermalZone},
		{"system_dmi", on, "Vendor, product and firmware of the machine.", newSystemDMI},
		{"system_dmmultipath", on, "Multipath devices and the state of their paths.", newSystemDMMultipath},
		{"system_edac", on, "Corrected and uncorrected memory errors.", newSystemEDAC},
		{"system_fibrechannel", on, "Fibre Channel ports.", newSystemFibreChannel},
		{"system_infiniband", on, "InfiniBand ports.", newSystemInfiniBand},
		{"system_ipvs", on, "The kernel's load balancer and the servers behind it.", newSystemIPVS},
		{"system_nfsd", on, "Requests of the NFS server.", newSystemNFSd},
		{"system_nvme", on, "NVMe controllers and namespaces.", newSystemNVMe},
		{"system_rapl", on, "Energy used by parts of the processor; only root can read it since Linux 5.10.", newSystemRAPL},
		{"system_selinux", on, "Whether SELinux is enabled, and its mode.", newSystemSELinux},
		{"system_tapestats", on, "Requests, bytes and time per tape drive.", newSystemTapeStats},
		{"system_watchdog", on, "Watchdogs that reset the host.", newSystemWatchdog},
		{"system_xfs", on, "Counters of XFS filesystems.", newSystemXFS},
		{"system_zfs", on, "Counters of ZFS, its pools and data sets.", newSystemZFS},
		{"system_udp_queues", on, "Bytes in the queues of UDP sockets.", newSystemUDPQueues},

		{textfileName, on, "Metrics from files that other programs write.", newTextfile},
	}
}

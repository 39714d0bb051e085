package metric

import (
	"time"

	"proctree/collector/process"
)

// rows is the table. Metrics of one object of the JSON stand together, and so do the constant ones,
// those for operators first. The order is that of the JSON.
var rows = []Metric{
	{
		Name: "pid", Path: "pid", Kind: Identifier, Required: true, Ascending: true, Searched: true,
		Int:   func(p *process.Process) int { return p.PID },
		Title: "PID", Help: "Process ID.",
	},
	{
		Name: "ppid", Path: "ppid", Kind: Identifier, Required: true, Ascending: true, FromTree: true,
		Title: "Parent PID", Help: "Process ID of the parent in the tree: the nearest ancestor that is shown, 0 for a root.",
	},
	{
		Name: "start_time", Aliases: []string{"start"}, Path: "start_time", Kind: Moment, Unit: Seconds, Decimals: 3, Required: true, Ascending: true,
		Moment: func(p *process.Process, c *process.Clock) time.Time { return c.Time(p.StartTicks) },
		Title:  "Started", Help: "Time at which the process started.",
	},
	{
		Name: "name", Path: "name", Kind: Text, Required: true, Searched: true,
		Text:  func(p *process.Process) string { return p.Name },
		Title: "Name", Help: "Name that the kernel has for the process, on Linux at most 15 bytes.",
	},
	{
		Name: "exe", Path: "exe", Kind: Text, Role: Operator, Constant: true, Searched: true,
		Text:  func(p *process.Process) string { return p.Facts.Exe },
		Title: "Executable", Help: "Path of the executable file.",
	},
	{
		Name: "cmdline", Short: []string{"cmd", "args"}, Path: "cmdline", Kind: List, Role: Operator, Constant: true, Searched: true,
		List:  func(p *process.Process) []string { return p.Facts.Cmdline },
		Title: "Command line", Help: "Arguments, with secrets masked.",
	},
	{
		Name: "cgroup", Path: "cgroup", Kind: Text, Role: Operator, Constant: true, Searched: true,
		Text:  func(p *process.Process) string { return p.Facts.Cgroup },
		Title: "Control group", Help: "Path of the control group in the unified hierarchy.",
	},
	{
		Name: "user", Path: "user", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.User },
		Title: "User", Help: "Effective user.",
	},
	{
		Name: "unit", Path: "unit", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.Unit },
		Title: "Unit", Help: "systemd unit.",
	},
	{
		Name: "container", Short: []string{"ctr"}, Path: "container", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.Container },
		Title: "Container", Help: "ID of the container.",
	},
	{
		Name: "pod_uid", Path: "pod_uid", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.PodUID },
		Title: "Pod UID", Help: "UID of the Kubernetes pod.",
	},
	{
		Name: "namespace", Short: []string{"ns"}, Path: "namespace", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.Namespace },
		Title: "Namespace", Help: "Kubernetes namespace of the pod.",
	},
	{
		Name: "pod", Path: "pod", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.Pod },
		Title: "Pod", Help: "Name of the Kubernetes pod.",
	},
	{
		Name: "container_name", Path: "container_name", Kind: Text, Constant: true, Searched: true, Choice: true,
		Text:  func(p *process.Process) string { return p.Facts.ContainerName },
		Title: "Container name", Help: "Name of the container: in its Kubernetes pod, or as Podman, LXC or systemd-nspawn call it.",
	},
	{
		Name: "state", Path: "state", Kind: State, Required: true, Choice: true,
		Text:  func(p *process.Process) string { return p.State.String() },
		Title: "State", Help: "What the process is doing: running, sleeping, blocked, stopped, zombie or other.",
	},
	{
		Name: "waiting", Path: "waiting", Kind: Text, FromTree: true, Choice: true,
		Title: "Waiting", Help: "What the process waited for since the scan before: cpu, throttled (its control group had used up its CPU quota), disk, memory (swap, or none was free), or none.",
	},
	{
		Name: "kernel", Path: "kernel", Kind: Flag,
		Flag:  func(p *process.Process) bool { return p.Kernel },
		Title: "Kernel", Help: "Whether this is a thread of the kernel.",
	},
	{
		Name: "threads", Path: "threads", Kind: Gauge, Known: process.HasThreads, Sum: Summed,
		Int:   func(p *process.Process) int { return p.Threads },
		Title: "Threads", Help: "Number of threads.",
	},
	{
		Name: "nice", Path: "nice", Kind: Gauge, Known: process.HasNice, Ascending: true,
		Int:   func(p *process.Process) int { return int(p.Nice) },
		Title: "Nice", Help: "Nice value of the main thread, -20 to 19; a lower one is served first.",
	},
	{
		Name: "user_seconds", Path: "cpu.user_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasUserTime, Sum: Summed,
		Duration: func(p *process.Process) time.Duration { return p.UserTime },
		Title:    "User time", Help: "CPU time in the program itself.",
		Omit: Grafana, // Each column more takes time and memory with 10,000 processes; CPU shows the same.
	},
	{
		Name: "system_seconds", Path: "cpu.system_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasSystemTime, Sum: Summed,
		Duration: func(p *process.Process) time.Duration { return p.SystemTime },
		Title:    "System time", Help: "CPU time in the kernel on behalf of the process.",
		Omit: Grafana,
	},
	{
		Name: "cpu_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasCPU,
		// As a recording keeps both.
		Duration: func(p *process.Process) time.Duration {
			return p.UserTime.Truncate(time.Millisecond) + p.SystemTime.Truncate(time.Millisecond)
		},
		Title: "CPU time", Help: "User time and system time together; not sent, but processes can be sorted and filtered by it.",
		Rate: &Rate{
			Name: "cpu", Path: "cpu.cores", Unit: Cores, Decimals: 3, Sum: SentSum,
			Title: "CPU", Help: "CPUs in use: 1 is one CPU that is busy all the time.",
		},
	},
	{
		Name: "cpu_wait_seconds", Path: "cpu.wait_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasCPUWait,
		Duration: func(p *process.Process) time.Duration { return p.CPUWait },
		Title:    "CPU wait time", Help: "Time for which threads were ready to run and waited for a CPU, since the process started.",
		Omit: Page | Grafana, // The rate is what people look for, and a column more costs time.
		Rate: &Rate{
			Name: "cpu_wait", Path: "cpu.waiting_cores", Unit: Cores, Decimals: 3, Sum: Summed,
			Title: "CPU wait", Help: "CPUs waited for: 1 is one thread that is ready to run and waits for a CPU all the time.",
		},
	},
	{
		Name: "block_io_delay_seconds", Path: "delays.block_io_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasBlockIODelay,
		Duration: func(p *process.Process) time.Duration { return p.Delays.BlockIO },
		Title:    "Disk wait time", Help: "Time for which threads waited for block devices, since the process started; needs kernel.task_delayacct.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "block_io_delay", Path: "delays.block_io", Decimals: 3, Sum: Summed,
			Title: "Disk wait", Help: "Threads that wait for block devices: 1 is one thread that does so all the time; needs kernel.task_delayacct.",
		},
	},
	{
		Name: "swap_in_delay_seconds", Path: "delays.swap_in_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasSwapInDelay, Role: Viewer,
		Duration: func(p *process.Process) time.Duration { return p.Delays.SwapIn },
		Title:    "Swap wait time", Help: "Time for which threads waited for pages from swap, since the process started; needs kernel.task_delayacct.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "swap_in_delay", Path: "delays.swap_in", Decimals: 3, Sum: Summed, Omit: Grafana,
			Title: "Swap wait", Help: "Threads that wait for pages from swap: 1 is one thread that does so all the time; needs kernel.task_delayacct.",
		},
	},
	{
		Name: "reclaim_delay_seconds", Path: "delays.reclaim_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasReclaimDelay, Role: Viewer,
		Duration: func(p *process.Process) time.Duration { return p.Delays.Reclaim },
		Title:    "Reclaim wait time", Help: "Time for which threads freed memory because there was none, since the process started; needs kernel.task_delayacct.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "reclaim_delay", Path: "delays.reclaim", Decimals: 3, Sum: Summed, Omit: Grafana,
			Title: "Reclaim wait", Help: "Threads that free memory because there is none: 1 is one thread that does so all the time; needs kernel.task_delayacct.",
		},
	},
	{
		Name: "thrashing_delay_seconds", Path: "delays.thrashing_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasThrashingDelay, Role: Viewer,
		Duration: func(p *process.Process) time.Duration { return p.Delays.Thrashing },
		Title:    "Thrashing wait time", Help: "Time for which threads waited for pages that had been dropped not long before, since the process started; needs kernel.task_delayacct.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "thrashing_delay", Path: "delays.thrashing", Decimals: 3, Sum: Summed, Omit: Grafana,
			Title: "Thrashing wait", Help: "Threads that wait for pages that were dropped not long before: 1 is one thread that does so all the time; needs kernel.task_delayacct.",
		},
	},
	{
		Name: "memory", Short: []string{"mem", "rss"}, Path: "memory.resident_bytes", Kind: Gauge, Unit: Bytes, Known: process.HasResident, Sum: SentSum,
		Uint:  func(p *process.Process) uint64 { return p.ResidentBytes },
		Title: "Memory", Help: "Resident memory (RSS).",
	},
	{
		Name: "pss", Path: "memory.proportional_bytes", Kind: Gauge, Unit: Bytes, Known: process.HasProportional, Sum: Summed,
		Uint:  func(p *process.Process) uint64 { return p.ProportionalBytes },
		Title: "PSS", Help: "Proportional memory: each shared page is divided among those who share it; read with --collector.group_proportional_memory.",
	},
	{
		Name: "virtual", Aliases: []string{"virtual_memory"}, Short: []string{"vsz"}, Path: "memory.virtual_bytes", Kind: Gauge, Unit: Bytes, Known: process.HasVirtual,
		Uint:  func(p *process.Process) uint64 { return p.VirtualBytes },
		Title: "Virtual memory", Help: "Virtual memory: address space, most of which is never used.",
	},
	{
		Name: "swap", Path: "memory.swap_bytes", Kind: Gauge, Unit: Bytes, Known: process.HasSwap, Sum: Summed,
		Uint:  func(p *process.Process) uint64 { return p.SwapBytes },
		Title: "Swap", Help: "Memory in swap.",
	},
	{
		Name: "read_bytes", Path: "io.read_bytes", Kind: Counter, Unit: Bytes, Known: process.HasReadBytes, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.ReadBytes },
		Title: "Bytes read", Help: "Bytes read from storage since the process started.",
		Omit: Page | Grafana, // The rate is what people look for, and a column more costs time.
		Rate: &Rate{
			Name: "read", Path: "io.read_bytes_per_second", Unit: BytesPerSecond, Sum: Summed,
			Title: "Read", Help: "Bytes read from storage per second.",
		},
	},
	{
		Name: "written_bytes", Path: "io.written_bytes", Kind: Counter, Unit: Bytes, Known: process.HasWrittenBytes, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.WrittenBytes },
		Title: "Bytes written", Help: "Bytes written to storage since the process started.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "written", Aliases: []string{"write"}, Path: "io.written_bytes_per_second", Unit: BytesPerSecond, Sum: Summed,
			Title: "Written", Help: "Bytes written to storage per second.",
		},
	},
	{
		Name: "network_bytes", Kind: Counter, Unit: Bytes, Known: process.HasNetwork, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.Network.Bytes() },
		Title: "Network bytes", Help: "Bytes received and sent together; not sent in answers, but processes can be sorted and filtered by it.",
		Rate: &Rate{
			Name: "network", Path: "network.bytes_per_second", Unit: BytesPerSecond, Sum: Summed,
			Title: "Network", Help: "Bytes received and sent per second through sockets of IPv4 and IPv6; needs --collector.group_network.",
		},
	},
	{
		Name: "network_received_bytes", Path: "network.received_bytes", Kind: Counter, Unit: Bytes, Known: process.HasNetwork, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.Network.Total().ReceivedBytes },
		Title: "Bytes received", Help: "Bytes received through sockets of IPv4 and IPv6 since the process started or the exporter began to count; needs --collector.group_network.",
		Omit: Page | Grafana, // The rate is what people look for, and a column more costs time.
		Rate: &Rate{
			Name: "network_received", Path: "network.received_bytes_per_second", Unit: BytesPerSecond, Sum: Summed,
			Title: "Received", Help: "Bytes received per second through sockets of IPv4 and IPv6; needs --collector.group_network.",
		},
	},
	{
		Name: "network_transmitted_bytes", Path: "network.transmitted_bytes", Kind: Counter, Unit: Bytes, Known: process.HasNetwork, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.Network.Total().TransmittedBytes },
		Title: "Bytes sent", Help: "Bytes sent through sockets of IPv4 and IPv6 since the process started or the exporter began to count; needs --collector.group_network.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "network_transmitted", Path: "network.transmitted_bytes_per_second", Unit: BytesPerSecond, Sum: Summed,
			Title: "Sent", Help: "Bytes sent per second through sockets of IPv4 and IPv6; needs --collector.group_network.",
		},
	},
	{
		Name: "network_received_operations", Path: "network.received_operations", Kind: Counter, Known: process.HasNetwork, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.Network.Total().ReceivedOperations },
		Title: "Receive operations", Help: "Calls that received bytes through sockets of IPv4 and IPv6 since the process started or the exporter began to count; needs --collector.group_network.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "network_receives", Path: "network.receives_per_second", Sum: Summed, Omit: Grafana,
			Title: "Receives", Help: "Calls per second that received bytes through sockets of IPv4 and IPv6; needs --collector.group_network.",
		},
	},
	{
		Name: "network_transmitted_operations", Path: "network.transmitted_operations", Kind: Counter, Known: process.HasNetwork, Role: Viewer,
		Uint:  func(p *process.Process) uint64 { return p.Network.Total().TransmittedOperations },
		Title: "Send operations", Help: "Calls that sent bytes through sockets of IPv4 and IPv6 since the process started or the exporter began to count; needs --collector.group_network.",
		Omit: Page | Grafana,
		Rate: &Rate{
			Name: "network_sends", Path: "network.sends_per_second", Sum: Summed, Omit: Grafana,
			Title: "Sends", Help: "Calls per second that sent bytes through sockets of IPv4 and IPv6; needs --collector.group_network.",
		},
	},
	{
		Name: "gpu_seconds", Path: "gpu.busy_seconds", Kind: Counter, Unit: Seconds, Decimals: cpuDecimals, Known: process.HasGPUTime, Role: Viewer,
		Duration: func(p *process.Process) time.Duration { return p.GPUTime },
		Title:    "GPU time", Help: "Time for which the busiest engine of a GPU worked for the process, added over the GPUs.",
		Omit: Page | Grafana, // The rate is what people look for, and a column more costs time.
		Rate: &Rate{
			Name: "gpu", Path: "gpu.busy_ratio", Unit: Ratio, Decimals: 3, Sum: Summed,
			Title: "GPU", Help: "GPUs in use, by the busiest engine of each: 1 is one GPU that works for the process all the time.",
		},
	},
	{
		Name: "gpu_memory", Path: "gpu.memory_bytes", Kind: Gauge, Unit: Bytes, Known: process.HasGPUMemory, Role: Viewer, Sum: Summed,
		Uint:  func(p *process.Process) uint64 { return p.GPUMemoryBytes },
		Title: "GPU memory", Help: "Memory on GPUs, of all kinds that the driver reports.",
	},
	{
		Name: "open_fds", Aliases: []string{"fds"}, Path: "open_fds", Kind: Gauge, Known: process.HasOpenFDs, Role: Viewer, Sum: Summed,
		Uint:  func(p *process.Process) uint64 { return p.OpenFDs },
		Title: "Open FDs", Help: "Open file descriptors.",
	},
	{
		Name: "group", Path: "group", Kind: Text, FromTree: true, Searched: true, Choice: true,
		Title: "Group", Help: "Group of the process in the metrics; absent for a process in none.",
	},
}

// cpuDecimals: /proc counts CPU time in ticks of 10 ms (proc_pid_stat(5)).
const cpuDecimals = 2

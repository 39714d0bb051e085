package collector

// Spec is one row of the table of collectors.
type Spec struct {
	// Name is how flags and the parameter collect[] call it.
	Name string
	// Default tells whether it is on unless a flag says otherwise.
	Default bool
	// Help says what it shows, in a line of --help.
	Help string
	// New makes the collector.
	New func(Options) Collector
}

// On and off, as the table says it.
const (
	on  = true
	off = false
)

// GroupProportionalMemory is the collector whose figures the reader reads only if asked.
const GroupProportionalMemory = "group_proportional_memory"

// Table lists every collector there is. The flags --[no-]collector.NAME, the parameter
// collect[] and the documentation follow from it. A further collector is a file and a row.
func Table() []Spec {
	return []Spec{
		{"processes", on, "Processes and threads of the whole host, their limit, forks.", newProcesses},
		{"scan", on, "Duration and size of the exporter's own scans.", newScan},

		{"group_processes", on, "Processes by state, and threads, per group.", newGroupProcesses},
		{"group_cpu", on, "CPU time per group.", newGroupCPU},
		{"group_memory", on, "Resident, virtual and swapped memory per group.", newGroupMemory},
		{GroupProportionalMemory, off, "Memory per group with shared pages divided (PSS); dear to read.", newGroupProportionalMemory},
		{"group_io", on, "Bytes read from and written to storage per group.", newGroupIO},
		{"group_descriptors", on, "Open file descriptors per group, and the share of the limit.", newGroupDescriptors},
		{"group_page_faults", on, "Page faults per group.", newGroupPageFaults},
		{"group_context_switches", on, "Context switches per group.", newGroupContextSwitches},
		{"group_lifecycle", on, "Starts, exits, abnormal exits, oldest and newest start per group.", newGroupLifecycle},

		{"process_info", on, "What each of the top processes is, and when it started.", newProcessInfo},
		{"process_cpu", on, "CPU time of each of the top processes.", newProcessCPU},
		{"process_memory", on, "Resident memory of each of the top processes.", newProcessMemory},
		{"process_io", on, "Bytes read and written by each of the top processes.", newProcessIO},
		{"process_threads", on, "Threads of each of the top processes.", newProcessThreads},
		{"process_descriptors", on, "Open file descriptors of each of the top processes.", newProcessDescriptors},
	}
}

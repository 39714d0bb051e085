package treetest

// WireNode is a node as encoding/json would write it. The order of the fields is that of
// the encoder, so that the bytes can be compared.
type WireNode struct {
	ID            string       `json:"id"`
	PID           int          `json:"pid"`
	PPID          int          `json:"ppid"`
	StartTime     float64      `json:"start_time"`
	Name          string       `json:"name"`
	Exe           string       `json:"exe,omitempty"`
	Cmdline       []string     `json:"cmdline,omitzero"`
	User          string       `json:"user,omitempty"`
	Unit          string       `json:"unit,omitempty"`
	Container     string       `json:"container,omitempty"`
	PodUID        string       `json:"pod_uid,omitempty"`
	Namespace     string       `json:"namespace,omitempty"`
	Pod           string       `json:"pod,omitempty"`
	ContainerName string       `json:"container_name,omitempty"`
	State         string       `json:"state"`
	Kernel        bool         `json:"kernel,omitempty"`
	Threads       *int         `json:"threads,omitempty"`
	Nice          *int8        `json:"nice,omitempty"`
	CPU           *WireCPU     `json:"cpu,omitempty"`
	Memory        *WireMemory  `json:"memory,omitempty"`
	IO            *WireIO      `json:"io,omitempty"`
	OpenFDs       *uint64      `json:"open_fds,omitempty"`
	Group         string       `json:"group,omitempty"`
	Subtree       *WireSubtree `json:"subtree,omitempty"`
	Context       bool         `json:"context,omitempty"`
	Children      []WireNode   `json:"children,omitempty"`
}

// WireCPU is the member cpu of a node.
type WireCPU struct {
	User   *float64 `json:"user_seconds,omitempty"`
	System *float64 `json:"system_seconds,omitempty"`
	Cores  *float64 `json:"cores,omitempty"`
	Wait   *float64 `json:"wait_seconds,omitempty"`
	Waits  *float64 `json:"waiting_cores,omitempty"`
}

// WireMemory is the member memory of a node.
type WireMemory struct {
	Resident *uint64 `json:"resident_bytes,omitempty"`
	Virtual  *uint64 `json:"virtual_bytes,omitempty"`
	Swap     *uint64 `json:"swap_bytes,omitempty"`
}

// WireIO is the member io of a node.
type WireIO struct {
	Read        *uint64  `json:"read_bytes,omitempty"`
	ReadRate    *float64 `json:"read_bytes_per_second,omitempty"`
	Written     *uint64  `json:"written_bytes,omitempty"`
	WrittenRate *float64 `json:"written_bytes_per_second,omitempty"`
}

// WireSubtree is the member subtree of a node.
type WireSubtree struct {
	Processes int      `json:"processes"`
	Cores     *float64 `json:"cores,omitempty"`
	Resident  *uint64  `json:"resident_bytes,omitempty"`
}

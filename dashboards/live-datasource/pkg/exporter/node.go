package exporter

import (
	"math"
	"strings"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// node is a process as the exporter writes it. A number that is absent stays unknown.
type node struct {
	ID        string   `json:"id"`
	PID       float64  `json:"pid"`
	PPID      float64  `json:"ppid"`
	StartTime float64  `json:"start_time"`
	Name      string   `json:"name"`
	Exe       string   `json:"exe"`
	Cmdline   []string `json:"cmdline"`
	User      string   `json:"user"`
	Unit      string   `json:"unit"`
	Container string   `json:"container"`
	State     string   `json:"state"`
	Threads   float64  `json:"threads"`
	OpenFDs   float64  `json:"open_fds"`
	Group     string   `json:"group"`
	CPU       struct {
		Cores float64 `json:"cores"`
	} `json:"cpu"`
	Memory struct {
		Resident float64 `json:"resident_bytes"`
		Virtual  float64 `json:"virtual_bytes"`
		Swap     float64 `json:"swap_bytes"`
	} `json:"memory"`
	IO struct {
		Read    float64 `json:"read_bytes_per_second"`
		Written float64 `json:"written_bytes_per_second"`
	} `json:"io"`
}

// forget makes nothing known. It keeps the room of the command line.
func (n *node) forget() {
	*n = node{Cmdline: n.Cmdline[:0]}
	for _, number := range []*float64{
		&n.PID, &n.PPID, &n.StartTime, &n.Threads, &n.OpenFDs, &n.CPU.Cores,
		&n.Memory.Resident, &n.Memory.Virtual, &n.Memory.Swap, &n.IO.Read, &n.IO.Written,
	} {
		*number = processes.Unknown
	}
}

// row is the process in the columns of a table. Many have the same user, state, path, …: one
// copy of each text is kept.
func (n *node) row(shared *texts) processes.Row {
	var r processes.Row
	r.Texts = [...]string{
		processes.ID: n.ID, processes.Parent: "", processes.Name: shared.one(n.Name), processes.User: shared.one(n.User),
		processes.State: shared.one(n.State), processes.Group: shared.one(n.Group), processes.Unit: shared.one(n.Unit),
		processes.Container: shared.one(n.Container), processes.Exe: shared.one(n.Exe), processes.Cmdline: shared.one(commandLine(n.Cmdline)),
	}
	r.Figures = [...]float64{
		processes.PID: n.PID, processes.PPID: n.PPID, processes.CPU: n.CPU.Cores,
		processes.Memory: n.Memory.Resident, processes.Virtual: n.Memory.Virtual, processes.Swap: n.Memory.Swap,
		processes.Read: n.IO.Read, processes.Written: n.IO.Written,
		processes.Threads: n.Threads, processes.OpenFDs: n.OpenFDs, processes.Start: math.Round(n.StartTime * 1e3),
	}
	return r
}

// texts has one copy of each text.
type texts struct{ known map[string]string }

func (t *texts) one(text string) string {
	if text == "" {
		return ""
	}
	if same, ok := t.known[text]; ok {
		return same
	}
	t.known[text] = text
	return text
}

// commandLine joins the arguments. Of several those with blanks are in quotes, so that one can
// tell them; a single one is mostly a title that the process gave itself.
func commandLine(arguments []string) string {
	if len(arguments) == 1 {
		return arguments[0]
	}
	var line strings.Builder
	for i, argument := range arguments {
		if i > 0 {
			line.WriteByte(' ')
		}
		line.WriteString(quoted(argument))
	}
	return line.String()
}

func quoted(argument string) string {
	if argument == "" || strings.ContainsAny(argument, " \t\n") {
		return "'" + argument + "'"
	}
	return argument
}

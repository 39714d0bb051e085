package history

import (
	"cmp"
	"slices"
	"strconv"

	"proctree/dashboards/live-datasource/pkg/processes"
	"proctree/dashboards/live-datasource/pkg/prometheus"
)

// rebuild joins series to processes.
type rebuild struct {
	rows  map[key]*process
	total int
}

// key is what the series of one process have in common.
type key struct{ pid, name, group string }

type process struct {
	processes.Row
	// described is whether process_info told what it is. Other series can outlive it by the
	// time that a rate looks back.
	described bool
}

func newRebuild() *rebuild { return &rebuild{rows: make(map[key]*process)} }

// process returns the process that a sample is about.
func (r *rebuild) process(s prometheus.Sample) *process {
	k := key{s.Labels["pid"], s.Labels["name"], s.Labels["group"]}
	p, ok := r.rows[k]
	if !ok {
		p = &process{Row: processes.NewRow()}
		p.Texts[processes.Name], p.Texts[processes.Group] = k.name, k.group
		r.rows[k] = p
	}
	return p
}

func (r *rebuild) set(s prometheus.Sample, column processes.Number, value float64) {
	r.process(s).Numbers[column] = value
}

func (r *rebuild) takeTotal(s prometheus.Sample) { r.total = int(s.Value) }

func (r *rebuild) takeGauge(s prometheus.Sample) {
	switch s.Labels["__name__"] {
	case "proctree_process_info":
		r.takeInfo(s)
	case "proctree_process_start_time_seconds":
		r.set(s, processes.StartTime, s.Value*1e3)
	case "proctree_process_resident_memory_bytes":
		r.set(s, processes.Memory, s.Value)
	case "proctree_process_threads":
		r.set(s, processes.Threads, s.Value)
	case "proctree_process_open_fds":
		r.set(s, processes.OpenFDs, s.Value)
	}
}

// takeInfo reads what a process is from the labels.
func (r *rebuild) takeInfo(s prometheus.Sample) {
	p := r.process(s)
	pid, err := strconv.ParseUint(s.Labels["pid"], 10, 32)
	if err != nil {
		return
	}
	p.described = true
	p.Numbers[processes.PID] = float64(pid)
	if ppid, err := strconv.ParseUint(s.Labels["ppid"], 10, 32); err == nil {
		p.Numbers[processes.PPID] = float64(ppid)
	}
	for column, label := range map[processes.Text]string{
		processes.User: "user", processes.Unit: "unit", processes.Container: "container",
		processes.Exe: "exe", processes.Cmdline: "cmdline",
	} {
		p.Texts[column] = s.Labels[label]
	}
}

// table returns the processes in order of PID, linked to a tree.
func (r *rebuild) table() *processes.Table {
	var rows []*process
	for _, p := range r.rows {
		if p.described {
			p.Texts[processes.ID] = identity(p)
			rows = append(rows, p)
		}
	}
	slices.SortFunc(rows, func(a, b *process) int {
		return cmp.Or(
			cmp.Compare(a.Numbers[processes.PID], b.Numbers[processes.PID]),
			cmp.Compare(a.Numbers[processes.StartTime], b.Numbers[processes.StartTime]),
			cmp.Compare(a.Texts[processes.Name], b.Texts[processes.Name]),
		)
	})
	// A process that changed its name has two series until the older one is stale.
	rows = slices.CompactFunc(rows, func(a, b *process) bool {
		return a.Texts[processes.ID] == b.Texts[processes.ID]
	})
	table := processes.NewTable(len(rows))
	for _, p := range rows {
		table.Append(&p.Row)
	}
	table.Link()
	return table
}

// identity is PID and start. The ticks in which the exporter counts the start are not in
// Prometheus, so these are milliseconds.
func identity(p *process) string {
	id := strconv.FormatFloat(p.Numbers[processes.PID], 'f', 0, 64)
	if start := p.Numbers[processes.StartTime]; processes.Known(start) {
		id += "-" + strconv.FormatFloat(start, 'f', 0, 64)
	}
	return id
}

package exporter

import "proctree/dashboards/live-datasource/pkg/processes"

// texts and figures are the members of a node that go into a column as they are.
var (
	texts = map[string]processes.Text{
		"name": processes.Name, "user": processes.User, "state": processes.State,
		"group": processes.Group, "unit": processes.Unit, "container": processes.Container,
		"exe": processes.Exe,
	}
	figures = map[string]processes.Figure{
		"pid": processes.PID, "ppid": processes.PPID, "threads": processes.Threads,
		"open_fds": processes.OpenFDs,
		// These are members of cpu, memory and io.
		"cores":          processes.CPU,
		"resident_bytes": processes.Memory, "virtual_bytes": processes.Virtual, "swap_bytes": processes.Swap,
		"read_bytes_per_second": processes.Read, "written_bytes_per_second": processes.Written,
	}
)

// node reads a member of a process.
func (d *decoder) node(key string) (err error) {
	switch key {
	case "id":
		d.row.Texts[processes.ID], err = d.ReadString()
	case "start_time":
		started, failure := d.time()
		d.row.Figures[processes.Start], err = float64(started.UnixMilli()), failure
	case "cmdline":
		d.row.Texts[processes.Cmdline], err = d.cmdline()
	case "cpu", "memory", "io":
		err = d.object(d.figure)
	default:
		if column, ok := texts[key]; ok {
			d.row.Texts[column], err = d.shared()
			return err
		}
		err = d.figure(key)
	}
	return err
}

// figure reads a number, and skips what has no column.
func (d *decoder) figure(key string) (err error) {
	column, ok := figures[key]
	if !ok {
		return d.Skip()
	}
	d.row.Figures[column], err = d.ReadFloat64()
	return err
}

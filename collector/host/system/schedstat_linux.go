package system

import (
	"strconv"
	"strings"
)

// schedstat reads the lines "cpuN" of /proc/schedstat. Their columns 7 and 8 are the
// nanoseconds that tasks ran and waited to run, column 9 how often a task was put on the
// CPU (Documentation/scheduler/sched-stats.rst).
func (r *reader) schedstat(out *values) {
	text, ok := out.read(r.procPath("schedstat"))
	if !ok {
		return
	}
	for line := range strings.Lines(text) {
		number, isCPU := strings.CutPrefix(line, "cpu")
		fields := strings.Fields(number)
		if len(fields) == 0 {
			continue
		}
		if !isCPU {
			if !isMetricPart(fields[0]) {
				out.Lost("/proc/schedstat", "a line without name")
			}
			continue
		}
		if _, err := strconv.ParseUint(fields[0], 10, 32); err != nil {
			out.Lost("/proc/schedstat", "a CPU without a number")
			continue
		}
		if len(fields) < 10 {
			out.Lost("/proc/schedstat: cpu"+part(fields[0]), "fewer than 9 columns")
			continue
		}
		cpu := Label{"cpu", fields[0]}
		for _, c := range []struct {
			column int
			name   string
			unit   float64
		}{
			{7, "schedstat_running_seconds_total", 1e9},
			{8, "schedstat_waiting_seconds_total", 1e9},
			{9, "schedstat_timeslices_total", 1},
		} {
			if n, ok := out.Counter("/proc/schedstat: cpu"+fields[0], fields[c.column]); ok {
				out.add(c.name, float64(n)/c.unit, cpu)
			}
		}
	}
}

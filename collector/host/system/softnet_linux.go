package system

import (
	"strconv"
	"strings"
)

// softnetColumns are columns of /proc/net/softnet_stat (net/core/net-procfs.c). Older
// kernels have fewer of them.
var softnetColumns = []struct {
	column int
	metric string
}{
	{0, "softnet_processed_total"},
	{1, "softnet_dropped_total"},
	{2, "softnet_times_squeezed_total"},
	{8, "softnet_cpu_collision_total"},
	{9, "softnet_received_rps_total"},
	{10, "softnet_flow_limit_count_total"},
	{11, "softnet_backlog_len"},
}

// softnetCPU is the column with the number of the CPU, since Linux 5.14; before, it is the
// line's own.
const softnetCPU = 12

const softnetFile = "/proc/net/softnet_stat"

// softnet reads a line for each CPU, its numbers in hexadecimal.
func (r *reader) softnet(out *values) {
	text, ok := out.read(r.procPath("net/softnet_stat"))
	if !ok {
		return
	}
	for i, line := range splitLines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		number := uint64(i)
		if len(fields) > softnetCPU {
			n, ok := out.hexadecimal(softnetFile+": CPU", fields[softnetCPU])
			if !ok {
				continue
			}
			number = n
		}
		cpu := Label{"cpu", strconv.FormatUint(number, 10)}
		for _, c := range softnetColumns {
			if c.column >= len(fields) {
				break
			}
			if n, ok := out.hexadecimal(softnetFile+": "+c.metric, fields[c.column]); ok {
				out.add(c.metric, float64(n), cpu)
			}
		}
	}
}

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
	if text, ok := out.read(r.procPath("net/softnet_stat")); ok {
		out.softnetLines(text, r.onlineCPUs)
	}
}

// onlineCPUs returns how many CPUs are online; 0 is not known.
func (r *reader) onlineCPUs() int {
	var unread Damage
	if list, err := readText(r.sysPath("devices/system/cpu/online")); err == nil {
		return len(parseCPUList("", list, &unread))
	}
	stat, _ := r.readStat(&unread)
	return len(stat.CPUs)
}

// softnetLines shows the lines. Where they do not say which CPU they are of, a line is of the CPU
// whose turn it is.
func (v *values) softnetLines(text string, online func() int) {
	lines := splitLines(text)
	columns := softnetWidth(lines)
	turns := softnetTurns(lines, columns, online)
	for i, line := range lines {
		fields := strings.Fields(line)
		number, known := uint64(turns[i]), turns[i] >= 0
		switch {
		case len(fields) == 0:
			continue
		case !isSoftnet(fields, columns):
			v.Lost(softnetFile, "a line of another form")
			continue
		case columns > softnetCPU:
			number, known = v.hexadecimal(softnetFile+": CPU", fields[softnetCPU])
		case !known:
			v.Lost(softnetFile, "a line of an unknown CPU")
		}
		if known {
			v.softnetCPU(fields, number)
		}
	}
}

// softnetTurns numbers the lines; -1 is not known. An odd line stands in the place of a CPU's if
// there are as many lines as CPUs online, and between two of them if there are as many without
// it. Otherwise nobody knows, and the CPUs of the lines behind it are not known either.
func softnetTurns(lines []string, columns int, online func() int) []int {
	turns := make([]int, len(lines))
	whole := 0
	for _, line := range lines {
		if isSoftnet(strings.Fields(line), columns) {
			whole++
		}
	}
	cpus := whole
	if whole < len(lines) {
		cpus = online()
	}
	next, sure := 0, true
	for i, line := range lines {
		turns[i] = next
		if !sure {
			turns[i] = -1
		}
		switch {
		case isSoftnet(strings.Fields(line), columns) || len(lines) == cpus:
			next++
		case whole != cpus:
			sure = false
		}
	}
	return turns
}

// softnetWidth returns how many columns most of the lines have.
func softnetWidth(lines []string) (columns int) {
	count := make(map[int]int)
	for _, line := range lines {
		if n := len(strings.Fields(line)); n > 0 {
			count[n]++
			if count[n] > count[columns] || count[n] == count[columns] && n > columns {
				columns = n
			}
		}
	}
	return columns
}

// isSoftnet reports whether a line's fields are so many columns, the most of them numbers.
func isSoftnet(fields []string, columns int) bool {
	return len(fields) == columns && 2*countHexadecimal(fields) > len(fields)
}

func (v *values) softnetCPU(fields []string, number uint64) {
	cpu := Label{"cpu", strconv.FormatUint(number, 10)}
	for _, c := range softnetColumns {
		if c.column >= len(fields) {
			break
		}
		if n, ok := v.hexadecimal(softnetFile+": "+c.metric, fields[c.column]); ok {
			v.add(c.metric, float64(n), cpu)
		}
	}
}

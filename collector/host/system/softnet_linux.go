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

// softnetLine is a line of the file.
type softnetLine struct {
	fields []string
	// whole tells that it has as many columns as the others, the most of them numbers.
	whole bool
	// turn is its number among those of CPUs; -1 is not known.
	turn int
}

// softnetLines shows the lines. Where they do not say which CPU they are of, a line is of the CPU
// whose turn it is.
func (v *values) softnetLines(text string, online func() int) {
	lines, columns := splitSoftnet(text)
	numberSoftnet(lines, online)
	for i := range lines {
		line := &lines[i]
		number, known := uint64(line.turn), line.turn >= 0
		switch {
		case len(line.fields) == 0:
			continue
		case !line.whole:
			v.Lost(softnetFile, "a line of another form")
			continue
		case columns > softnetCPU:
			number, known = v.hexadecimal(softnetFile+": CPU", line.fields[softnetCPU])
		case !known:
			v.Lost(softnetFile, "a line of an unknown CPU")
		}
		if known {
			v.softnetCPU(line.fields, number)
		}
	}
}

// splitSoftnet returns the lines, and how many columns most of them have.
func splitSoftnet(text string) (lines []softnetLine, columns int) {
	count := make(map[int]int)
	for _, line := range splitLines(text) {
		fields := strings.Fields(line)
		lines = append(lines, softnetLine{fields: fields})
		n := len(fields)
		if n == 0 {
			continue
		}
		count[n]++
		if count[n] > count[columns] || count[n] == count[columns] && n > columns {
			columns = n
		}
	}
	for i := range lines {
		fields := lines[i].fields
		lines[i].whole = len(fields) == columns && 2*countHexadecimal(fields) > len(fields)
	}
	return lines, columns
}

// numberSoftnet numbers the lines. An odd line stands in the place of a CPU's if there are as many
// lines as CPUs online, and between two of them if there are as many without it. Otherwise nobody
// knows, and the CPUs of the lines behind it are not known either.
func numberSoftnet(lines []softnetLine, online func() int) {
	whole := 0
	for i := range lines {
		if lines[i].whole {
			whole++
		}
	}
	cpus := whole
	if whole < len(lines) {
		cpus = online()
	}
	next, sure := 0, true
	for i := range lines {
		lines[i].turn = next
		if !sure {
			lines[i].turn = -1
		}
		switch {
		case lines[i].whole || len(lines) == cpus:
			next++
		case whole != cpus:
			sure = false
		}
	}
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

package system

import (
	"strconv"
	"strings"

	"proctree/collector/host/procfile"
)

const interruptsFile = "/proc/interrupts"

// interrupts reads /proc/interrupts: a line of CPUs, then one line for each interrupt with
// a count for each of them and a description. Lines without a count for each CPU (ERR, MIS)
// are not shown.
func (r *reader) interrupts(out *values) {
	text, ok := out.read(r.procPath("interrupts"))
	if !ok {
		return
	}
	cpus := 0
	for line := range procfile.Lines(text) {
		name, rest, ok := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		switch {
		case cpus == 0 && !ok:
			cpus = out.interruptCPUs(line)
		case cpus == 0 || !ok || len(fields) < cpus+1:
		default:
			r.interrupt(out, strings.TrimSpace(name), fields[:cpus], fields[cpus:])
		}
	}
	if cpus == 0 {
		out.Lost(interruptsFile, "no line of CPUs")
	}
}

// interruptCPUs returns how many CPUs the heading "CPU0 CPU1" names; 0 for another line. One
// that is odd is a CPU all the same, for each line has a column for it.
func (v *values) interruptCPUs(line string) int {
	cpus, odd := 0, 0
	for field := range strings.FieldsSeq(line) {
		cpus++
		number, ok := strings.CutPrefix(field, "CPU")
		if _, err := strconv.ParseUint(number, 10, 32); !ok || err != nil {
			odd++
		}
	}
	if odd > 0 {
		v.Lost(interruptsFile, "an odd line of CPUs")
	}
	if odd > cpus/2 {
		return 0
	}
	return cpus
}

func (r *reader) interrupt(out *values, name string, counts, words []string) {
	info, devices := label(strings.Join(words, " ")), ""
	if _, err := strconv.Atoi(name); err == nil {
		// Of those with a number the first word is the controller.
		info, devices = words[0], label(strings.Join(words[1:], " "))
	}
	if !r.cfg.Interrupts.Allows(name + ";" + info + ";" + devices) {
		return
	}
	for cpu, text := range counts {
		n, ok := out.Counter(interruptsFile+": "+name, text)
		if !ok || n == 0 && r.cfg.InterruptsWithoutZeros {
			continue
		}
		out.add("interrupts_total", float64(n),
			Label{"cpu", strconv.Itoa(cpu)}, Label{"devices", devices}, Label{"info", info}, Label{"type", name})
	}
}

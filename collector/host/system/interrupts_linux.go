package system

import (
	"strconv"
	"strings"
)

// interrupts reads /proc/interrupts: a line of CPUs, then one line for each interrupt with
// a count for each of them and a description. Lines without a count for each CPU (ERR, MIS)
// are not shown.
func (r *reader) interrupts(out *values) {
	text, ok := out.read(r.procPath("interrupts"))
	if !ok {
		return
	}
	lines := splitLines(text)
	if len(lines) == 0 {
		return
	}
	cpus := strings.Fields(lines[0])
	for _, line := range lines[1:] {
		name, rest, ok := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if !ok || len(fields) < len(cpus)+1 {
			continue
		}
		r.interrupt(out, strings.TrimSpace(name), fields[:len(cpus)], fields[len(cpus):])
	}
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
		n, ok := out.Counter("/proc/interrupts: "+name, text)
		if !ok || n == 0 && r.cfg.InterruptsWithoutZeros {
			continue
		}
		out.add("interrupts_total", float64(n),
			Label{"cpu", strconv.Itoa(cpu)}, Label{"devices", devices}, Label{"info", info}, Label{"type", name})
	}
}

package system

import (
	"strings"

	"proctree/collector/host/procfile"
)

// Memory implements Reader from /proc/meminfo.
func (r *reader) Memory() (fields []MemoryField, err error) {
	var d Damage
	readPart(&d, r.procPath("meminfo"), func(text string) {
		fields = procfile.ParseMeminfo(text, &d)
	})
	return fields, d.Err()
}

// VMStat implements Reader from /proc/vmstat.
func (r *reader) VMStat() (counters []Counter, err error) {
	var d Damage
	readPart(&d, r.procPath("vmstat"), func(text string) {
		counters = parseVMStat(text, r.cfg.VMStat, &d)
	})
	return counters, d.Err()
}

const vmstatFile = "/proc/vmstat"

// parseVMStat parses lines such as "pgfault 12".
func parseVMStat(text string, allowed Filter, d *Damage) []Counter {
	var counters []Counter
	seen := make(map[string]bool)
	d.NeedLine(vmstatFile, text)
	for line := range procfile.Lines(d.WholeLines(vmstatFile, text)) {
		name, number, _ := strings.Cut(line, " ")
		if !procfile.IsName(name) {
			d.Lost(vmstatFile, "a line without name")
			continue
		}
		if !allowed.Allows(name) {
			continue
		}
		where := vmstatFile + ": " + name
		if seen[name] {
			d.Lost(where, "in the file twice")
			continue
		}
		seen[name] = true
		if n, ok := d.Counter(where, strings.TrimSpace(number)); ok {
			counters = append(counters, Counter{name, n})
		}
	}
	return counters
}

package system

import (
	"fmt"
	"strconv"
	"strings"
)

// Memory implements Reader from /proc/meminfo.
func (r *reader) Memory() ([]MemoryField, error) {
	text, err := readFile(r.procPath("meminfo"))
	if err != nil {
		return nil, err
	}
	return parseMeminfo(string(text))
}

// parseMeminfo parses lines such as "MemTotal:  16384 kB" and "HugePages_Total:  0".
func parseMeminfo(text string) ([]MemoryField, error) {
	fields := make([]MemoryField, 0, 64)
	for line := range strings.Lines(text) {
		name, rest, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		number, unit, _ := strings.Cut(strings.TrimSpace(rest), " ")
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("/proc/meminfo: %s: %w", name, err)
		}
		f := MemoryField{Name: name, Value: n}
		switch unit {
		case "":
		case "kB":
			f.Value, f.Bytes = n*1024, true
		default:
			return nil, fmt.Errorf("/proc/meminfo: %s: unknown unit %q", name, unit)
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// VMStat implements Reader from /proc/vmstat.
func (r *reader) VMStat() ([]Counter, error) {
	text, err := readFile(r.procPath("vmstat"))
	if err != nil {
		return nil, err
	}
	return parseVMStat(string(text), r.cfg.VMStat)
}

// parseVMStat parses lines such as "pgfault 12".
func parseVMStat(text string, allowed Filter) ([]Counter, error) {
	var counters []Counter
	for line := range strings.Lines(text) {
		name, number, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || !allowed.Allows(name) {
			continue
		}
		n, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("/proc/vmstat: %s: %w", name, err)
		}
		counters = append(counters, Counter{name, n})
	}
	return counters, nil
}

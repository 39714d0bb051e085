package procfs

import (
	"bytes"
	"strconv"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// limitsNameWidth and the columns after it are fixed by the kernel ("%-25s %-20s %-20s
// %-10s", fs/proc/base.c); names contain blanks.
const limitsNameWidth = 25

// ParseLimits reads /proc/PID/limits (proc_pid_limits(5)), whose first line is a heading.
// Lines of another form, and one without an end, are left out.
func ParseLimits(file []byte) []process.Limit {
	var limits []process.Limit
	file, _ = procfile.WholeLines(file)
	for line := range bytes.Lines(file) {
		if limit, ok := parseLimit(line); ok {
			limits = append(limits, limit)
		}
	}
	return limits
}

func parseLimit(line []byte) (process.Limit, bool) {
	if len(line) <= limitsNameWidth {
		return process.Limit{}, false
	}
	name := string(bytes.TrimSpace(line[:limitsNameWidth]))
	fields := bytes.Fields(line[limitsNameWidth:])
	if len(fields) < 2 || name == "" {
		return process.Limit{}, false
	}
	soft, ok := parseLimitValue(fields[0])
	hard, ok2 := parseLimitValue(fields[1])
	if !ok || !ok2 {
		return process.Limit{}, false
	}
	limit := process.Limit{Name: name, Soft: soft, Hard: hard}
	if len(fields) > 2 {
		limit.Unit = string(fields[2])
	}
	return limit, true
}

// parseLimitValue returns nil for "unlimited".
func parseLimitValue(text []byte) (value *uint64, ok bool) {
	if string(text) == "unlimited" {
		return nil, true
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	return &n, err == nil
}

// OpenFilesLimit is the soft limit of open descriptors in /proc/PID/limits, 0 if there is
// none; ok is false if the file does not tell.
func OpenFilesLimit(file []byte) (limit uint64, ok bool) {
	const name = "Max open files "
	start := 0
	if !bytes.HasPrefix(file, []byte(name)) {
		start = bytes.Index(file, []byte("\n"+name)) + 1
		if start == 0 {
			return 0, false
		}
	}
	line, _, whole := bytes.Cut(file[start:], []byte("\n"))
	fields := bytes.Fields(line[min(limitsNameWidth, len(line)):])
	if !whole || len(fields) == 0 {
		return 0, false
	}
	soft, ok := parseLimitValue(fields[0])
	if !ok || soft == nil {
		return 0, ok
	}
	return *soft, true
}

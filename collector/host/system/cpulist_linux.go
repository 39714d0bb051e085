package system

import (
	"strconv"
	"strings"
)

// maxCPUs is far above the largest number of CPUs that Linux can be built for.
const maxCPUs = 1 << 16

// parseCPUList parses a list such as "1,3-5" (Documentation/admin-guide/cputopology.rst);
// an empty file is an empty list.
func parseCPUList(where, text string, d *Damage) []string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	var cpus []string
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err := strconv.ParseUint(first, 10, 32)
		to, errTo := strconv.ParseUint(last, 10, 32)
		if err != nil || errTo != nil || to < from || to >= maxCPUs {
			d.Lost(where, "not a list of CPUs")
			continue
		}
		for n := from; n <= to && len(cpus) < maxCPUs; n++ {
			cpus = append(cpus, strconv.FormatUint(n, 10))
		}
	}
	return cpus
}

package system

import (
	"strconv"
	"strings"
)

// rapl reads how much energy parts of the processor used, which only root may since Linux
// 5.10 (Documentation/power/powercap/powercap.rst).
func (r *reader) rapl(out *values) {
	class := r.sysPath("class/powercap")
	used := make(map[string]int)
	for _, zone := range out.devices(class, "") {
		name := out.name(join(class, zone, "name"))
		if name == "" {
			continue
		}
		index, name := raplIndex(name, used)
		if energy, ok := out.unsigned(join(class, zone, "energy_uj")); ok {
			out.add("rapl_"+raplName(name)+"_joules_total", float64(energy)/microseconds,
				Label{"index", strconv.Itoa(index)}, Label{"path", join(class, zone)})
		}
	}
}

// raplIndex takes the number off a name such as "package-0". Names without one are counted.
func raplIndex(name string, used map[string]int) (index int, base string) {
	base, number, _ := strings.Cut(name, "-")
	index, err := strconv.Atoi(number)
	if err != nil {
		base, index = name, used[name]
	}
	used[base] = index + 1
	return index, base
}

// raplName makes a name fit for a metric's.
func raplName(name string) string {
	return strings.Map(func(c rune) rune {
		if c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '_'
	}, name)
}

package procfile

import "strings"

// MemoryField is one field of proc_meminfo(5) under the kernel's name, such as "MemTotal"
// and "Active(anon)".
type MemoryField struct {
	Name string
	// Value is in bytes if Bytes says so, else a count, as of huge pages.
	Value uint64
	Bytes bool
}

const meminfoFile = "/proc/meminfo"

// ParseMeminfo parses lines such as "MemTotal:  16384 kB" and "HugePages_Total:  0".
func ParseMeminfo(text string, d *Damage) []MemoryField {
	fields := make([]MemoryField, 0, 64)
	seen := make(map[string]bool, 64)
	d.NeedLine(meminfoFile, text)
	for line := range Lines(d.WholeLines(meminfoFile, text)) {
		name, rest, ok := strings.Cut(line, ":")
		switch {
		case !ok || !IsName(name):
			d.Lost(meminfoFile, badName)
			continue
		case seen[name]:
			d.Lost(meminfoFile+": "+name, twice)
			continue
		case len(seen) == maxLines:
			d.Lost(meminfoFile, tooMany)
			return fields
		}
		seen[name] = true
		f, why := parseMemory(strings.TrimSpace(rest))
		if name == "MemTotal" && f.Value == 0 && why == "" {
			why = impossible
		}
		if why != "" {
			d.Lost(meminfoFile+": "+name, why)
			continue
		}
		f.Name = name
		fields = append(fields, f)
	}
	return fields
}

func parseMemory(text string) (f MemoryField, why string) {
	number, unit, _ := strings.Cut(text, " ")
	switch strings.TrimSpace(unit) {
	case "":
		f.Value, why = parseNumber(number, maxCounter)
	case "kB":
		f.Value, why = parseNumber(number, maxCounter>>10)
		f.Value, f.Bytes = f.Value<<10, true
	default:
		why = "unknown unit"
	}
	return f, why
}

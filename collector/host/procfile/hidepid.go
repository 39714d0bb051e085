package procfile

import (
	"slices"
	"strings"
)

// HidesProcesses reports whether a table of mounts (proc_pid_mountinfo(5)) has the proc file
// system at one of the paths with hidepid (proc(5)). It is not certain of a table that holds
// something else than mounts, or whose line of one of the paths is damaged.
func HidesProcesses(table string, paths ...string) (hides, certain bool) {
	hidden := map[string]bool{}
	certain = strings.HasSuffix(table, "\n")
	for line := range Lines(table) {
		mount, super, ok := strings.Cut(line, " - ")
		fields, kind := strings.Fields(mount), strings.Fields(super)
		// The path of a mount is the fifth field; optional fields follow the sixth.
		if len(fields) < 6 || !strings.HasPrefix(fields[4], "/") {
			certain = false
			continue
		}
		if !slices.Contains(paths, fields[4]) {
			continue
		}
		if !ok || len(kind) < 3 {
			certain = false
			continue
		}
		// The last mount on a path is the one to be seen.
		hidden[fields[4]] = kind[0] == "proc" && slices.ContainsFunc(strings.Split(kind[2], ","), func(option string) bool {
			value, ok := strings.CutPrefix(option, "hidepid=")
			return ok && value != "0" && value != "off"
		})
	}
	for _, hides := range hidden {
		if hides {
			return true, certain
		}
	}
	return false, certain
}

package system

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// mdadm reads the software RAID: its state from /proc/mdstat, whether it is degraded from
// sysfs (Documentation/admin-guide/md.rst).
func (r *reader) mdadm(out *values) {
	if text, all, ok := out.readLines(r.procPath("mdstat")); ok {
		out.mdstat(text, all)
	}
	block := r.sysPath("block")
	for _, name := range out.devices(block, "md") {
		out.mdraid(join(block, name, "md"), device(name))
	}
}

const mdstatFile = "/proc/mdstat"

// mdstat takes the file apart: an array has a line at the margin and some below it that are
// indented. If these are not all lines, the last array is not known.
func (v *values) mdstat(text string, all bool) {
	lines := splitLines(text)
	for i, line := range lines {
		if strings.TrimSpace(line) == "" || line[0] == ' ' || strings.HasPrefix(line, "Personalities") ||
			strings.HasPrefix(line, "unused") {
			continue
		}
		details := lines[i+1:]
		end := slices.IndexFunc(details, func(l string) bool { return l == "" || l[0] != ' ' })
		switch {
		case end >= 0:
			details = details[:end]
		case !all:
			return
		}
		v.array(line, details)
	}
}

// mdStates are the states that are shown, and the words for them in an array's lines.
var mdStates = []struct{ state, word string }{
	{"active", "active"},
	{"inactive", "inactive"},
	{"recovering", "recovery"},
	{"resync", "resync"},
	{"check", "check"},
}

// array shows one array: "md6 : active raid1 sdb2[2](F) sdc[1](S) sda2[0]" and its details.
func (v *values) array(line string, details []string) {
	fields := strings.Fields(line)
	if len(fields) < 3 || fields[1] != ":" || !isDevice(fields[0]) {
		v.Lost(mdstatFile, "a line that names no array")
		return
	}
	label := device(fields[0])
	sync := syncLine(details)
	for _, s := range mdStates {
		var is float64
		if s.word == sync.word || (sync.word == "" && s.word == fields[2]) {
			is = 1
		}
		v.add("md_state", is, label, Label{"state", s.state})
	}
	v.add("md_disks", float64(strings.Count(line, "(F)")), label, Label{"state", "failed"})
	v.add("md_disks", float64(strings.Count(line, "(S)")), label, Label{"state", "spare"})

	if len(details) == 0 {
		v.Lost(mdstatFile+": "+fields[0], "its size is missing")
		return
	}
	required, active, err := parseArrayDisks(line, details[0])
	if err != nil {
		v.Lost(mdstatFile+": "+fields[0], err.Error())
	} else {
		v.add("md_disks", float64(active), label, Label{"state", "active"})
		v.add("md_disks_required", float64(required), label)
	}
	blocks, err := parseArrayBlocks(details[0])
	if err != nil {
		v.Lost(mdstatFile+": "+fields[0], err.Error())
	} else {
		v.add("md_blocks", float64(blocks), label)
	}
	if sync.word != "" {
		blocks, err = sync.done()
		if err != nil {
			v.Lost(mdstatFile+": "+fields[0], err.Error())
		}
	}
	if err == nil {
		v.add("md_blocks_synced", float64(blocks), label)
	}
}

// parseArrayBlocks reads the first detail: "312319552 blocks [2/2] [UU]".
func parseArrayBlocks(detail string) (uint64, error) {
	blocks, _, _ := strings.Cut(strings.TrimSpace(detail), " ")
	n, err := strconv.ParseUint(blocks, 10, 63)
	if err != nil {
		return 0, errors.New("no number of blocks")
	}
	return n, nil
}

var disksOfArray = regexp.MustCompile(`\[(\d+)/(\d+)\] \[[U_]+\]`)

// parseArrayDisks reads how many disks the array needs and has.
func parseArrayDisks(line, detail string) (required, active uint64, err error) {
	switch {
	case strings.Contains(line, "raid0"), strings.Contains(line, "linear"):
		// Without redundancy the kernel counts no disks: only they have a number in brackets.
		n := uint64(strings.Count(line, "["))
		return n, n, nil
	case strings.Contains(line, "inactive"):
		return 0, 0, nil
	}
	disks := disksOfArray.FindStringSubmatch(detail)
	if disks == nil {
		return 0, 0, errors.New("no [REQUIRED/ACTIVE]")
	}
	var errs [2]error
	required, errs[0] = strconv.ParseUint(disks[1], 10, 31)
	active, errs[1] = strconv.ParseUint(disks[2], 10, 31)
	if errs[0] != nil || errs[1] != nil {
		return 0, 0, errors.New("an impossible number of disks")
	}
	return required, active, nil
}

// arraySync is the detail that tells how far an array is synchronized.
type arraySync struct{ word, line string }

// syncLine finds it; its word is empty if nothing is being synchronized.
func syncLine(details []string) arraySync {
	for _, line := range details {
		for _, word := range []string{"recovery", "reshape", "check", "resync"} {
			if strings.Contains(line, word) {
				return arraySync{word, line}
			}
		}
	}
	return arraySync{}
}

var blocksOfSync = regexp.MustCompile(`\((\d+)/\d+\)`)

// done returns how many blocks are synchronized; none while that has to wait.
func (s arraySync) done() (uint64, error) {
	if strings.Contains(s.line, "PENDING") || strings.Contains(s.line, "DELAYED") {
		return 0, nil
	}
	blocks := blocksOfSync.FindStringSubmatch(s.line)
	if blocks == nil {
		return 0, errors.New("no (DONE/ALL)")
	}
	n, err := strconv.ParseUint(blocks[1], 10, 63)
	if err != nil {
		return 0, errors.New("an impossible number of synchronized blocks")
	}
	return n, nil
}

// mdraid shows the folder md of an array in sysfs.
func (v *values) mdraid(dir string, label Label) {
	level, ok := v.attribute(join(dir, "level"))
	if !ok {
		return
	}
	switch level {
	case "", "container", "imsm", "ddf":
		// Those hold arrays and have no disks of their own.
	default:
		// While an array grows, the number before follows: "11 (10)".
		if text, ok := v.attribute(join(dir, "raid_disks")); ok && text != "" {
			number, _, _ := strings.Cut(text, " ")
			if n, ok := v.Tasks(join(dir, "raid_disks"), number); ok {
				v.add("md_raid_disks", float64(n), label)
			}
		}
	}
	switch level {
	case "raid1", "raid4", "raid5", "raid6", "raid10":
		v.addUnsigned("md_degraded", join(dir, "degraded"), label)
	case "", "container", "imsm", "ddf", "raid0", "linear", "faulty", "multipath":
		// An array without redundancy cannot be degraded.
		v.add("md_degraded", 0, label)
	default:
		v.Lost(join(dir, "level"), "unknown level")
	}
}

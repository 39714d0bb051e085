package system

import (
	"slices"
	"strings"

	"proctree/collector/host/procfile"
)

// mount is what is of interest in a line of mountinfo. Source and mountPoint are escaped.
type mount struct {
	// major and minor are the device's numbers; empty where they are not known.
	major, minor               string
	mountPoint, fsType, source string
	readOnly                   bool
}

const mountinfoFile = "mountinfo"

// maxPath is the longest path that is believed (PATH_MAX), every byte of it escaped.
const maxPath = 4 * 4096

// parseMountinfo parses lines such as "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3
// /dev/root rw,errors=continue" (proc_pid_mountinfo(5)).
func parseMountinfo(text string, d *Damage) []mount {
	var mounts []mount
	for line := range procfile.Lines(d.WholeLines(mountinfoFile, text)) {
		m, why := parseMount(line)
		if why != "" {
			d.Lost(mountinfoFile, why)
			continue
		}
		if m.major == "" {
			d.Lost(mountinfoFile, "a mount without numbers of its device")
		}
		mounts = append(mounts, m)
	}
	d.NeedLine(mountinfoFile, text)
	return mounts
}

// parseMount parses one line. Any number of optional fields is between the options and the
// separator. Behind it are three fields, of which the source can be empty, and the last can
// hold blanks: those of 9p do (WSL2).
func parseMount(line string) (m mount, why string) {
	before, after, ok := strings.Cut(line, " - ")
	head := strings.Fields(before)
	if !ok || len(head) < 6 {
		return m, "a line without mount"
	}
	var rest string
	m.fsType, rest, _ = strings.Cut(after, " ")
	m.source, rest, _ = strings.Cut(rest, " ")
	m.mountPoint = head[4]
	switch {
	case !strings.HasPrefix(m.mountPoint, "/") || len(m.mountPoint) > maxPath:
		return m, "a mount without path"
	case m.fsType == "" || len(m.fsType) > maxDevice || len(m.source) > maxPath:
		return m, "a mount without type"
	}
	if major, minor, _ := strings.Cut(head[2], ":"); isDeviceNumber(major) && isDeviceNumber(minor) {
		m.major, m.minor = major, minor
	}
	m.readOnly = hasOption(head[5], "ro") || hasOption(rest, "ro") || hasOption(rest, "emergency_ro")
	return m, ""
}

func hasOption(options, option string) bool {
	return slices.Contains(strings.Split(options, ","), option)
}

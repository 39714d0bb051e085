package host

import (
	"bytes"
	"strings"
)

// cgroupFacts is what the path of a control group tells.
type cgroupFacts struct {
	path, unit, container, podUID string
}

// parseCgroup reads /proc/PID/cgroup (cgroups(7)): one line "ID:CONTROLLERS:PATH" per
// hierarchy. The unified hierarchy (ID 0) counts first; a host of version 1 alone is asked
// in systemd's own hierarchy, then in the one that lies deepest.
func parseCgroup(file []byte) cgroupFacts {
	var unified, systemd, deepest string
	for line := range bytes.Lines(file) {
		id, rest, ok := bytes.Cut(bytes.TrimSuffix(line, []byte("\n")), []byte(":"))
		controllers, path, ok2 := bytes.Cut(rest, []byte(":"))
		if !ok || !ok2 || len(path) == 0 || path[0] != '/' {
			continue
		}
		switch {
		case string(id) == "0" && len(controllers) == 0:
			unified = string(path)
		case string(controllers) == "name=systemd":
			systemd = string(path)
		}
		if bytes.Count(path, []byte("/")) > strings.Count(deepest, "/") || deepest == "" {
			deepest = string(path)
		}
	}
	facts := cgroupFacts{path: firstInner(unified, systemd, deepest)}
	facts.readPath(facts.path)
	if facts.container == "" && deepest != facts.path {
		// A runtime that places processes in version 1's resource hierarchies only.
		var other cgroupFacts
		other.readPath(deepest)
		facts.container, facts.podUID = other.container, other.podUID
	}
	return facts
}

// firstInner is the first path that is not the root, else the root if any is known.
func firstInner(paths ...string) string {
	root := ""
	for _, path := range paths {
		switch path {
		case "":
		case "/":
			root = path
		default:
			return path
		}
	}
	return root
}

// readPath finds unit, container and pod in a path. The unit is systemd's: the first
// below the slices, as sd_pid_get_unit(3) has it; below a container's own group the search
// begins anew, for a container can run a systemd too.
func (c *cgroupFacts) readPath(path string) {
	for segment := range strings.SplitSeq(path, "/") {
		if uid, ok := podUID(segment); ok {
			c.podUID = uid
		}
		if id, ok := containerID(segment); ok {
			c.container, c.unit = id, ""
			continue
		}
		if c.unit == "" && isUnit(segment) {
			// systemd escapes names that would collide with the kernel's (cg_escape).
			c.unit = strings.TrimPrefix(segment, "_")
		}
	}
}

// isUnit reports whether a segment names a unit that can hold processes, slices aside.
func isUnit(segment string) bool {
	for _, suffix := range []string{".service", ".scope", ".mount", ".socket", ".swap"} {
		if len(segment) > len(suffix) && strings.HasSuffix(segment, suffix) {
			return true
		}
	}
	return false
}

// podUID recognizes the kubelet's group of a pod: "podUID" (cgroupfs driver) or
// "kubepods-burstable-podUID.slice" with "_" for "-" (systemd driver). The UID is a UUID,
// or 32 digits for a pod from a file.
func podUID(segment string) (uid string, ok bool) {
	// A runtime set up for the other driver leaves "SLICE:PREFIX:ID" as one segment.
	segment, _, _ = strings.Cut(segment, ":")
	segment = strings.TrimSuffix(segment, ".slice")
	if i := strings.LastIndex(segment, "-pod"); i >= 0 && strings.HasPrefix(segment, "kubepods") {
		segment = segment[i+1:]
	}
	uid, ok = strings.CutPrefix(segment, "pod")
	if !ok {
		return "", false
	}
	uid = strings.ReplaceAll(uid, "_", "-")
	digits := strings.ReplaceAll(uid, "-", "")
	return uid, len(digits) == 32 && isHex(digits)
}

// containerID recognizes the group of a container: docker, containerd (as cri-containerd,
// nerdctl), CRI-O and Podman name it by 64 hexadecimal digits, behind a prefix and before
// ".scope" where systemd made it. LXC names it by the container's name.
func containerID(segment string) (id string, ok bool) {
	if name, found := strings.CutPrefix(segment, "lxc.payload."); found && name != "" {
		return name, true
	}
	segment = strings.TrimSuffix(segment, ".scope")
	if i := strings.LastIndexByte(segment, ':'); i >= 0 {
		segment = segment[i+1:]
	}
	const digits = 64
	if len(segment) < digits || !isHex(segment[len(segment)-digits:]) {
		return "", false
	}
	prefix := segment[:len(segment)-digits]
	// "crio-conmon-ID" and "libpod-conmon-ID" hold the monitor, which is outside.
	if strings.HasSuffix(prefix, "conmon-") || prefix != "" && !strings.HasSuffix(prefix, "-") {
		return "", false
	}
	return segment[len(prefix):], true
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

package facts

import (
	"strconv"
	"strings"
)

// Group is what the path of a control group tells.
type Group struct {
	Path, Unit, Container, PodUID string
}

// ReadPath finds unit, container and pod in a path. The unit is that of the host's systemd:
// the first below its slices, as sd_pid_get_unit(3) has it. In a container it is none, for
// what looks like one there belongs to the container's own systemd. Of containers in
// containers it is the innermost; pods are looked for in all of them, for Kubernetes itself
// can run in a container.
func (c *Group) ReadPath(path string) {
	segments := strings.Split(strings.Trim(path, "/"), "/")
	unitAt := unitSegment(segments)
	for i, segment := range segments {
		next := ""
		if i+1 < len(segments) {
			next = segments[i+1]
		}
		if uid, ok := podUID(segment); ok {
			c.PodUID = uid
			c.Unit = "" // That of the kubelet or the runtime.
		}
		if name, ok := container(segment, next); ok {
			if c.Container == "" && !strings.HasPrefix(segment, payloadPrefix) {
				c.Unit = "" // That of the runtime, or the scope that holds the container.
			}
			c.Container = name
			continue
		}
		if i == unitAt && c.Container == "" && c.PodUID == "" && !isMonitor(segment) {
			c.Unit = unescapeGroup(segment)
		}
	}
}

// unitSegment returns which segment is a unit of the host's systemd; -1 is none. systemd puts units
// into slices only, and each slice into the one whose name it continues: a-b.slice into
// a.slice (systemd.slice(5)). So the unit is the first segment that is no such slice. Whatever has
// another group above it, such as /web/system.slice/ssh.service, is of a systemd in a container,
// for whose group a runtime can choose any name.
//
// Seen from within a control group namespace, a path begins with ".." for each level up
// (cgroup_namespaces(7)), and the names of the slices above are not known.
func unitSegment(segments []string) int {
	above := ""
	for i, segment := range segments {
		if segment == ".." && above == "" {
			continue
		}
		name, ok := strings.CutSuffix(unescapeGroup(segment), ".slice")
		switch {
		case ok && (continues(above, name) || i > 0 && segments[i-1] == ".."):
			above = name
		case isUnit(segment) && (above == "" || segment != "init.scope"): // That of the host is at its root.
			return i
		default:
			return -1
		}
	}
	return -1
}

// continues reports whether a slice of this name is directly in the slice above, which is empty
// for the root.
func continues(above, name string) bool {
	last, ok := name, true
	if above != "" {
		last, ok = strings.CutPrefix(name, above+"-")
	}
	return ok && last != "" && !strings.Contains(last, "-")
}

// unescapeGroup undoes what systemd does to names that would collide with the kernel's
// (cg_escape): it puts "_" before them.
func unescapeGroup(segment string) string { return strings.TrimPrefix(segment, "_") }

// payloadPrefix begins the group of a container that Podman put below the unit that started
// it (--cgroups=split, as Quadlet does): its processes are the unit's, and systemd counts
// them as such.
const payloadPrefix = "libpod-payload-"

// isUnit reports whether a segment names a unit that can hold processes, slices aside.
func isUnit(segment string) bool {
	for _, suffix := range []string{".service", ".scope", ".mount", ".socket", ".swap"} {
		if len(segment) > len(suffix) && strings.HasSuffix(segment, suffix) {
			return true
		}
	}
	return false
}

// isMonitor reports whether a segment is the scope of what monitors one container of Podman or
// CRI-O: libpod-conmon-ID.scope, crio-conmon-ID.scope. It is outside the container, and a unit
// for each container would be a new name at each of its starts.
func isMonitor(segment string) bool {
	prefix, _, ok := splitID(strings.TrimSuffix(segment, ".scope"))
	return ok && strings.HasSuffix(prefix, monitorPrefix)
}

const monitorPrefix = "conmon-"

// podUID recognizes the kubelet's group of a pod: "podUID" (cgroupfs driver) or
// "kubepods-burstable-podUID.slice" with "_" for "-" (systemd driver), behind the names of
// the groups above it where the kubelet has a --cgroup-root ("kubelet-kubepods-…" in kind).
// The UID is a UUID, or 32 digits for a pod from a file.
func podUID(segment string) (uid string, ok bool) {
	// A runtime set up for the other driver leaves "SLICE:PREFIX:ID" as one segment.
	segment, _, _ = strings.Cut(segment, ":")
	segment = strings.TrimSuffix(segment, ".slice")
	if i := strings.LastIndex(segment, "-pod"); i >= 0 && strings.Contains(segment[:i], "kubepods") {
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

// container recognizes the group of a container by its name and that of the group below it.
func container(segment, next string) (name string, ok bool) {
	if name, ok = containerID(segment); ok {
		return name, true
	}
	if name, ok = lxcName(segment, next); ok {
		return name, true
	}
	return machineName(segment, next)
}

// containerID recognizes runtimes that name the group of a container by its id.
func containerID(segment string) (id string, ok bool) {
	segment = strings.TrimSuffix(segment, ".scope")
	if i := strings.LastIndexByte(segment, ':'); i >= 0 {
		segment = segment[i+1:]
	}
	if isFargateID(segment) {
		return segment, true
	}
	// Docker, containerd (as cri-containerd, nerdctl), CRI-O, Podman and Kata Containers: the
	// ID behind a prefix, and before ".scope" where systemd made the group.
	prefix, id, ok := splitID(segment)
	if strings.HasSuffix(prefix, monitorPrefix) || prefix != "" && prefix != "kata_" && !strings.HasSuffix(prefix, "-") {
		return "", false
	}
	return id, ok
}

// splitID splits a name into a container's ID of 64 hexadecimal digits and what precedes it.
func splitID(name string) (prefix, id string, ok bool) {
	const digits = 64
	if len(name) < digits || !isHex(name[len(name)-digits:]) {
		return "", "", false
	}
	at := len(name) - digits
	return name[:at], name[at:], true
}

// isFargateID recognizes the container id of AWS Fargate from version 1.4 on: the task's 32
// hexadecimal digits, a hyphen and up to 10 digits.
func isFargateID(s string) bool {
	const digits = 32
	if len(s) < digits+2 || len(s) > digits+11 || s[digits] != '-' || !isHex(s[:digits]) {
		return false
	}
	return strings.Trim(s[digits+1:], "0123456789") == ""
}

// lxcName recognizes a container of LXC, and so of LXD, Incus and Proxmox VE:
// "lxc.payload.NAME" since LXC 4, "lxc.payload/NAME" since 3.1, "lxc/NAME" before and with
// Proxmox VE. What monitors a container is in groups of other names, outside.
func lxcName(segment, next string) (name string, ok bool) {
	if name, ok = strings.CutPrefix(segment, "lxc.payload."); ok {
		return name, name != ""
	}
	if segment == "lxc.payload" || segment == "lxc" {
		return next, next != "" && !strings.HasPrefix(next, ".")
	}
	return "", false
}

// machineName recognizes a container that systemd-nspawn or libvirt runs: in the group
// "payload" of a service (systemd-nspawn@NAME.service; container@NAME.service of NixOS) or of a
// scope of its own, machine-NAME.scope. Under version 1 there is no payload, and the groups
// of the container's systemd follow at once. The group "supervisor" holds what runs it, and
// scopes of virtual machines (machine-qemu-…) hold processes of the host.
func machineName(segment, next string) (name string, ok bool) {
	name, scope := strings.CutSuffix(segment, ".scope")
	name, machine := strings.CutPrefix(name, "machine-")
	switch {
	case scope && machine:
		name = unescapeUnit(name)
		inside := next == "payload" || next == "init.scope" || strings.HasSuffix(next, ".slice")
		return name, inside || strings.HasPrefix(name, "lxc-")
	case !strings.HasSuffix(segment, ".service"):
		return "", false
	}
	name = strings.TrimSuffix(segment, ".service")
	template, instance, _ := strings.Cut(name, "@")
	if instance != "" {
		name = instance
	}
	nspawn := template == "systemd-nspawn" && (next == "init.scope" || strings.HasSuffix(next, ".slice"))
	return unescapeUnit(name), next == "payload" || nspawn
}

// unescapeUnit undoes what systemd does to names that become parts of a unit's
// (systemd-escape(1)): "\x2d" is a hyphen.
func unescapeUnit(s string) string {
	before, rest, ok := strings.Cut(s, `\x`)
	if !ok {
		return s
	}
	var b strings.Builder
	for ; ok; before, rest, ok = strings.Cut(rest, `\x`) {
		b.WriteString(before)
		c, err := strconv.ParseUint(rest[:min(2, len(rest))], 16, 8)
		if len(rest) < 2 || err != nil {
			b.WriteString(`\x`)
			continue
		}
		b.WriteByte(byte(c))
		rest = rest[2:]
	}
	b.WriteString(before)
	// No name of a machine holds what would end the segment.
	if plain := b.String(); !strings.ContainsAny(plain, "/\n\x00") {
		return plain
	}
	return s
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

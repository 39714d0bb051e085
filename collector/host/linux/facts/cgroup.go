package facts

import (
	"bytes"
	"strings"

	"proctree/collector/host/procfile"
)

// parseCgroup reads /proc/PID/cgroup (cgroups(7)): one line "ID:CONTROLLERS:PATH" per
// hierarchy. The path is that of the unified hierarchy (ID 0); on a host of version 1 alone it
// is that of systemd's own hierarchy, else the one that lies deepest. A line without an end is
// left out, for the path may be a part of one.
func parseCgroup(file []byte) Group {
	file, _ = procfile.WholeLines(file)
	var unified, systemd, deepest string
	for line := range bytes.Lines(file) {
		id, controllers, path, ok := parseHierarchy(line)
		if !ok {
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
	path := firstInner(unified, systemd, deepest)
	// Where systemd has a hierarchy of its own, that one tells the unit: the unified one may
	// hold no more than the daemon that started a container.
	var group Group
	group.ReadPath(firstInner(systemd, path))
	group.Path = path
	if group.Container == "" {
		group.readOthers(file)
	}
	return group
}

// readOthers finds container and pod in the other hierarchies: a runtime may place processes
// in some of them only. The unit is then that of the runtime, and not the container's.
func (c *Group) readOthers(file []byte) {
	last := ""
	for line := range bytes.Lines(file) {
		_, _, path, ok := parseHierarchy(line)
		if !ok || string(path) == last || len(path) == 1 {
			continue
		}
		last = string(path)
		var other Group
		if other.ReadPath(last); other.Container != "" {
			c.Container, c.PodUID, c.Unit = other.Container, other.PodUID, other.Unit
			return
		}
	}
}

// deleted is what the kernel appends to the path of a control group that was removed while
// the process was in it (proc_cgroup_show of kernel/cgroup/cgroup.c).
var deleted = []byte(" (deleted)")

// parseHierarchy parses one line of /proc/PID/cgroup; ok is false for another line.
func parseHierarchy(line []byte) (id, controllers, path []byte, ok bool) {
	id, rest, ok := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
	controllers, path, ok2 := bytes.Cut(rest, []byte(":"))
	path = bytes.TrimSuffix(path, deleted)
	return id, controllers, path, ok && ok2 && len(path) > 0 && path[0] == '/'
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

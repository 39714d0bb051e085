package facts

import (
	"bytes"
	"strings"
)

// parseCgroup reads /proc/PID/cgroup (cgroups(7)): one line "ID:CONTROLLERS:PATH" per
// hierarchy. The unified hierarchy (ID 0) counts first; a host of version 1 alone is asked
// in systemd's own hierarchy, then in the one that lies deepest.
func parseCgroup(file []byte) Group {
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
	facts := Group{Path: firstInner(unified, systemd, deepest)}
	facts.ReadPath(facts.Path)
	if facts.Container == "" {
		facts.readOthers(file)
	}
	return facts
}

// readOthers finds container and pod in the other hierarchies: a runtime may place processes
// in those of version 1's resources only.
func (c *Group) readOthers(file []byte) {
	last := c.Path
	for line := range bytes.Lines(file) {
		_, _, path, ok := parseHierarchy(line)
		if !ok || string(path) == last || len(path) == 1 {
			continue
		}
		last = string(path)
		var other Group
		if other.ReadPath(last); other.Container != "" {
			c.Container, c.PodUID = other.Container, other.PodUID
			return
		}
	}
}

// parseHierarchy parses one line of /proc/PID/cgroup; ok is false for another line.
func parseHierarchy(line []byte) (id, controllers, path []byte, ok bool) {
	id, rest, ok := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(":"))
	controllers, path, ok2 := bytes.Cut(rest, []byte(":"))
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

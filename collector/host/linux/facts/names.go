package facts

import (
	"path"
	"strings"

	"proctree/collector/process"
)

// maxContainerName bounds the name of a container: no runtime makes a longer one for people.
const maxContainerName = 255

// nameContainer names a container of LXC, LXD, Incus, Proxmox VE or systemd-nspawn, whose control
// group has its name in place of an ID.
func nameContainer(f *process.Facts) {
	if f.ContainerName == "" && !isFargateID(f.Container) && !isContainerID(f.Container) && isContainerName(f.Container) {
		f.ContainerName = f.Container
	}
}

func isContainerID(s string) bool {
	prefix, _, ok := splitID(s)
	return ok && prefix == ""
}

// monitored is what the command line of a monitor says of its container: conmon(8) of Podman and
// CRI-O, which everybody may read.
type monitored struct {
	// slice is the control group in which the monitor and its container have theirs.
	slice    string
	id, name string
}

// readMonitor returns the container that a process monitors. Its control group has to be that which
// the runtime makes for the monitor: whoever may make one there may as well make a container.
func readMonitor(f *process.Facts) (monitored, bool) {
	if len(f.Cmdline) == 0 || path.Base(f.Cmdline[0]) != "conmon" {
		return monitored{}, false
	}
	m := monitored{slice: path.Dir(f.Cgroup)}
	m.id, m.name = conmonArguments(f.Cmdline)
	segment := path.Base(f.Cgroup)
	ofMonitor := segment == "conmon" || isMonitor(segment) && strings.Contains(segment, m.id)
	return m, ofMonitor && isContainerID(m.id) && isContainerName(m.name) && strings.HasPrefix(f.Cgroup, "/")
}

// conmonArguments returns the options --cid and --name of conmon (conmon(8)), the last of each.
func conmonArguments(args []string) (id, name string) {
	for i := 1; i < len(args); i++ {
		option, value, ok := strings.Cut(args[i], "=")
		if !strings.HasPrefix(option, "--") {
			option, ok = args[i], false
		}
		var into *string
		switch option {
		case "-c", "--cid":
			into = &id
		case "-n", "--name":
			into = &name
		case "--exit-command-arg": // What follows is for another program.
			if !ok {
				i++
			}
			continue
		case "--":
			return id, name
		default:
			continue
		}
		if !ok {
			if i++; i == len(args) {
				break
			}
			value = args[i]
		}
		*into = value
	}
	return id, name
}

// nameOf is the name that a container has for its users. CRI-O calls it k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT,
// of which the kubelet's logs tell the parts; the pause container is k8s_POD_….
func (m monitored) nameOf() string {
	if parts := strings.Split(m.name, "_"); len(parts) == 6 && parts[0] == "k8s" {
		if parts[1] == "POD" {
			return ""
		}
		return parts[1]
	}
	return m.name
}

// isContainerName reports whether a name is one that people can read: runtimes allow letters, digits
// and a few signs, but a control group can have any name.
func isContainerName(s string) bool {
	if s == "" || len(s) > maxContainerName {
		return false
	}
	for _, c := range []byte(s) {
		if c <= ' ' || c == 0x7f || c == '/' {
			return false
		}
	}
	return strings.ToValidUTF8(s, "") == s
}

// sliceOf returns the control group that holds the group of a container: of
// /machine.slice/libpod-ID.scope/container that is /machine.slice.
func sliceOf(f *process.Facts) string {
	at := strings.Index(f.Cgroup, f.Container)
	if at < 0 || f.Container == "" {
		return ""
	}
	return path.Dir(f.Cgroup[:at])
}

// monitors are the names that monitors have for containers.
type monitors struct {
	// names are those of containers by slice and id.
	names map[monitored]string
	// of are the containers by their monitor.
	of map[process.ID]monitored
}

// note takes in what is read of a process, and reports whether a container has another name than before.
func (m *monitors) note(id process.ID, f *process.Facts) (changed bool) {
	is, ok := readMonitor(f)
	was, known := m.of[id]
	if ok == known && is == was || !ok && !known {
		return false
	}
	if known {
		m.forget(id)
	}
	if ok {
		if m.of == nil {
			m.of, m.names = map[process.ID]monitored{}, map[monitored]string{}
		}
		m.of[id] = is
		m.names[is.key()] = is.nameOf()
	}
	return true
}

// forget drops the name that a monitor gave.
func (m *monitors) forget(id process.ID) {
	was := m.of[id]
	delete(m.of, id)
	delete(m.names, was.key())
}

func (m monitored) key() monitored { return monitored{slice: m.slice, id: m.id} }

// find names the container of a process; "" if no monitor knows it.
func (m *monitors) find(f *process.Facts) string {
	if len(m.names) == 0 {
		return ""
	}
	return m.names[monitored{slice: sliceOf(f), id: f.Container}]
}

package collector

import (
	"slices"

	"proctree/collector/group"
	"proctree/collector/host/cgroups"
)

// place is a control group with a process of a group in it.
type place struct{ path, group string }

// placesOf returns where the processes of a report are.
func placesOf(r *group.Report) map[place]bool {
	places := make(map[place]bool)
	for i := range r.Snapshot.Processes {
		name, ok := r.GroupOf(i)
		if facts := r.Snapshot.Processes[i].Facts; ok && facts != nil && facts.Cgroup != "" {
			places[place{facts.Cgroup, name}] = true
		}
	}
	return places
}

// pathsOf returns each control group once.
func pathsOf(places map[place]bool) []string {
	paths := make([]string, 0, len(places))
	for at := range places {
		paths = append(paths, at.path)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// limiting returns the control groups with limits in or below which the processes are.
func limiting(places map[place]bool, usage map[string]cgroups.Usage) map[place]bool {
	limits := make(map[place]bool)
	for at := range places {
		for _, path := range cgroups.Above(at.path) {
			if _, ok := usage[path]; ok {
				limits[place{path, at.group}] = true
			}
		}
	}
	return limits
}

package process

import (
	"path"
	"strings"
	"time"
)

// CgroupPressure is for how long tasks of a control group waited for a resource because there was
// too little of it (PSI, Documentation/accounting/psi.rst and cgroup-v2.rst).
type CgroupPressure struct {
	CgroupName
	CPU, Memory, IO PressureTotals
}

// Total is the time in which some task waited, of all resources.
func (p *CgroupPressure) Total() (total time.Duration) {
	for _, t := range [...]*time.Duration{p.CPU.Some, p.Memory.Some, p.IO.Some} {
		if t != nil {
			total += *t
		}
	}
	return total
}

// PressureTotals are totals since the control group was made. Some is the time in which at least one
// task waited, Full that in which all did; nil is not known.
type PressureTotals struct{ Some, Full *time.Duration }

// CgroupName is what a control group is: exactly one of Unit, Container and PodUID is not empty.
// Namespace, Pod and ContainerName are the names that Kubernetes has, as in Facts.
type CgroupName struct {
	// Path is that in the unified hierarchy.
	Path                          string
	Unit, Container, PodUID       string
	Namespace, Pod, ContainerName string
}

// CgroupNames returns the control groups of the unit, the container and the pod of a process.
func CgroupNames(f *Facts) []CgroupName {
	var list []CgroupName
	pod := strings.ReplaceAll(f.PodUID, "-", "_") // As systemd names its slices.
	for _, p := range CgroupsAbove(f.Cgroup) {
		switch name := path.Base(p); {
		case f.Container != "" && strings.Contains(name, f.Container):
			list = append(list, CgroupName{Path: p, Container: f.Container, Namespace: f.Namespace, Pod: f.Pod, ContainerName: f.ContainerName})
		case f.PodUID != "" && strings.Contains(strings.ReplaceAll(name, "-", "_"), pod):
			list = append(list, CgroupName{Path: p, PodUID: f.PodUID, Namespace: f.Namespace, Pod: f.Pod})
		case f.Unit != "" && strings.TrimPrefix(name, "_") == f.Unit:
			list = append(list, CgroupName{Path: p, Unit: f.Unit})
		}
	}
	return list
}

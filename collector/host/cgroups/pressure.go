package cgroups

import (
	"cmp"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// MaxPressure is how many control groups have a pressure: those in which tasks waited longest.
const MaxPressure = 50

// maxPressureRead bounds the control groups that are read, with three files each.
const maxPressureRead = 1000

// defaultPressureEvery is shorter than a scrape interval, and longer than the interval of a recording:
// each reading has the kernel update its averages.
const defaultPressureEvery = 5 * time.Second

// PressureReader reads the pressure of the control groups of units, containers and pods. It is safe
// for concurrent use.
type PressureReader struct {
	root  string
	every time.Duration

	mu sync.Mutex
	// last is the last reading, at which it was made.
	last []process.CgroupPressure
	at   time.Time
}

// NewPressure returns a reader. The error is errNone where there are no control groups of version 2:
// version 1 has no pressure.
func NewPressure(c Config) (*PressureReader, error) {
	c = c.withDefaults()
	for _, root := range []string{filepath.Join(c.SysPath, "fs", "cgroup"), filepath.Join(c.SysPath, "fs", "cgroup", "unified")} {
		if isThere(filepath.Join(root, "cgroup.controllers")) {
			return &PressureReader{root: root, every: cmp.Or(c.PressureEvery, defaultPressureEvery)}, nil
		}
	}
	return nil, errNone
}

// Read returns the pressure of at most MaxPressure control groups in which, or below which, processes
// are, in the order of their paths. Those in which no task ever waited are left out, as are those
// that are gone. A reading serves for some seconds. What cannot be parsed is left out and counted in
// the error, a procfile.PartialError.
func (r *PressureReader) Read(now time.Time, processes []*process.Process) ([]process.CgroupPressure, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.at.IsZero() && now.Sub(r.at).Abs() < r.every {
		return r.last, nil
	}
	var d procfile.Damage
	d.Part(func() error { return nil }) // Beside what is lost all other groups are right.
	var list []process.CgroupPressure
	for _, name := range namesOf(processes) {
		if p := r.read(name, &d); p.Total() > 0 {
			list = append(list, p)
		}
	}
	slices.SortStableFunc(list, func(a, b process.CgroupPressure) int { return cmp.Compare(b.Total(), a.Total()) })
	list = list[:min(len(list), MaxPressure)]
	slices.SortFunc(list, func(a, b process.CgroupPressure) int { return strings.Compare(a.Path, b.Path) })
	r.last, r.at = list, now
	return list, d.Err()
}

// namesOf returns the control groups of units, containers and pods, each once.
func namesOf(processes []*process.Process) []process.CgroupName {
	var list []process.CgroupName
	seen := make(map[string]bool)
	var last *process.Facts
	for _, p := range processes {
		if p.Facts == nil || last != nil && p.Facts.Cgroup == last.Cgroup {
			continue
		}
		last = p.Facts
		for _, name := range process.CgroupNames(p.Facts) {
			if !seen[name.Path] && len(list) < maxPressureRead {
				seen[name.Path] = true
				list = append(list, name)
			}
		}
	}
	return list
}

func (r *PressureReader) read(name process.CgroupName, d *procfile.Damage) process.CgroupPressure {
	p := process.CgroupPressure{CgroupName: name}
	dir := filepath.Join(r.root, filepath.FromSlash(name.Path))
	for _, resource := range []struct {
		name string
		into *process.PressureTotals
	}{{"cpu", &p.CPU}, {"memory", &p.Memory}, {"io", &p.IO}} {
		// It is absent with psi=0, and in a group that switches it off (cgroup.pressure).
		file, ok := content(dir, resource.name+".pressure", d)
		if !ok {
			continue
		}
		parsed := procfile.ParsePressure(name.Path+" "+resource.name, string(file), math.MaxInt64, d)
		*resource.into = process.PressureTotals{Some: parsed.Some.Total, Full: parsed.Full.Total}
	}
	return p
}

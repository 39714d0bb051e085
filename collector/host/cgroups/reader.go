package cgroups

import (
	"math"
	"path/filepath"
	"sync"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// maxKnown bounds the groups that are remembered: hosts that start containers all the time
// have ever new ones.
const maxKnown = 4096

// Reader reads control groups. It is safe for concurrent use.
type Reader struct {
	layout  layout
	recheck time.Duration

	mu sync.Mutex
	// known are the groups that had no limit when they were looked at, by their paths.
	known map[string]time.Time
	// looked is when control groups were read, unlimited that none of them had a limit: until
	// that is checked again there is nothing to read.
	looked    time.Time
	unlimited bool
}

// New returns a Reader. The error is errNone where there are no control groups.
func New(c Config) (*Reader, error) {
	c = c.withDefaults()
	l, err := detect(c.SysPath)
	if err != nil {
		return nil, err
	}
	return &Reader{layout: l, recheck: c.Recheck, known: make(map[string]time.Time)}, nil
}

// Read returns the usage of the control groups of processes, and of those above them, that
// have a limit, by their paths; nil if none has. A group that is gone is left out. What cannot
// be read or parsed is left out too, and counted in the error, which is a
// procfile.PartialError.
func (r *Reader) Read(now time.Time, processes []*process.Process) (map[string]process.CgroupUsage, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unlimited && now.Sub(r.looked).Abs() < r.recheck {
		return nil, nil
	}
	usage, err := r.readAll(now, pathsOf(processes))
	r.looked, r.unlimited = now, len(usage) == 0
	return usage, err
}

// pathsOf returns the control group of each process; neighbours often share one.
func pathsOf(processes []*process.Process) []string {
	var paths []string
	last := ""
	for i := range processes {
		if facts := processes[i].Facts; facts != nil && facts.Cgroup != last {
			last = facts.Cgroup
			paths = append(paths, last)
		}
	}
	return paths
}

func (r *Reader) readAll(now time.Time, paths []string) (map[string]process.CgroupUsage, error) {
	var d procfile.Damage
	d.Part(func() error { return nil }) // Beside what is lost all other groups are right.
	if len(r.known) > maxKnown {
		clear(r.known)
	}
	var limited map[string]process.CgroupUsage
	seen := make(map[string]bool)
	for _, p := range paths {
		for _, p := range process.CgroupsAbove(p) {
			if seen[p] {
				break // And so were those above it.
			}
			seen[p] = true
			if at, ok := r.known[p]; ok && now.Sub(at).Abs() < r.recheck {
				continue
			}
			if u := r.read(p, &d); u != (process.CgroupUsage{}) {
				if limited == nil {
					limited = make(map[string]process.CgroupUsage)
				}
				limited[p] = u
				delete(r.known, p)
			} else {
				r.known[p] = now
			}
		}
	}
	return limited, d.Err()
}

// read reads one group.
func (r *Reader) read(p string, d *procfile.Damage) (u process.CgroupUsage) {
	if r.layout.cpu != "" {
		u.CPU = r.readCPU(filepath.Join(r.layout.cpu, filepath.FromSlash(p)), d)
	}
	if r.layout.memory != "" {
		u.Memory = r.readMemory(filepath.Join(r.layout.memory, filepath.FromSlash(p)), d)
	}
	return u
}

func (r *Reader) readCPU(dir string, d *procfile.Damage) *process.CgroupCPU {
	if _, ok := limitOf(dir, r.layout.quota, d); !ok {
		return nil
	}
	file, ok := content(dir, "cpu.stat", d)
	if !ok {
		return nil
	}
	var c process.CgroupCPU
	var standing uint64
	for _, value := range []struct {
		key   string
		most  uint64
		into  *uint64
		field process.QuotaFields
	}{
		{"nr_periods", math.MaxInt64, &c.Periods, process.QuotaPeriods},
		{"nr_throttled", math.MaxInt64, &c.ThrottledPeriods, process.QuotaThrottledPeriods},
		{r.layout.throttled, uint64(math.MaxInt64 / r.layout.unit), &standing, process.QuotaThrottled},
	} {
		if n, ok := valueOf(file, value.key); ok && n <= value.most {
			*value.into = n
		} else {
			c.Unknown |= value.field
		}
	}
	if c.Unknown != 0 {
		d.Lost(filepath.Join(dir, "cpu.stat"), "no periods, or how long it was throttled")
	}
	if c.Throttled = time.Duration(standing) * r.layout.unit; c.Unknown == process.AllQuotaFields {
		return nil
	}
	return &c
}

func (r *Reader) readMemory(dir string, d *procfile.Damage) *process.CgroupMemory {
	limit, ok := limitOf(dir, r.layout.limit, d)
	if !ok || limit == 0 {
		return nil
	}
	usage, ok := content(dir, r.layout.usage, d)
	stat, ok2 := content(dir, "memory.stat", d)
	if !ok || !ok2 {
		return nil
	}
	used, ok := parseNumber(usage)
	inactive, ok2 := valueOf(stat, r.layout.inactive)
	if !ok || !ok2 {
		d.Lost(filepath.Join(dir, r.layout.usage), "no usage, or how much of it can be dropped")
		return nil
	}
	return &process.CgroupMemory{UsedBytes: used - min(inactive, used), LimitBytes: limit}
}

// limitOf returns what limits a group, if anything does.
func limitOf(dir, name string, d *procfile.Damage) (uint64, bool) {
	file, ok := content(dir, name, d)
	if !ok {
		return 0, false
	}
	limit, limited, odd := parseLimit(file)
	if odd {
		d.Lost(filepath.Join(dir, name), "not a limit")
	}
	return limit, limited
}

// content returns what a file holds; ok is false if it is not there, for the group may have
// gone, or cannot be read.
func content(dir, name string, d *procfile.Damage) (file []byte, ok bool) {
	path := filepath.Join(dir, name)
	file, err := procfile.Read(path)
	if err != nil && !procfile.IsAbsent(err) {
		d.Lost(path, "cannot be read")
	}
	return file, err == nil
}

package cgroups

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"
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
}

// New returns a Reader. The error is ErrNone where there are no control groups.
func New(c Config) (*Reader, error) {
	c = c.withDefaults()
	l, err := detect(c.SysPath)
	if err != nil {
		return nil, err
	}
	return &Reader{layout: l, recheck: c.Recheck, known: make(map[string]time.Time)}, nil
}

// Read returns the usage of those of the control groups, and of those above them, that have
// a limit, by their paths. A path is as in /proc/PID/cgroup. A group that is gone or cannot
// be read is left out.
func (r *Reader) Read(now time.Time, paths []string) map[string]Usage {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) > maxKnown {
		clear(r.known)
	}
	limited := make(map[string]Usage)
	seen := make(map[string]bool)
	for _, p := range paths {
		for _, p := range Above(p) {
			if seen[p] {
				break // And so were those above it.
			}
			seen[p] = true
			if at, ok := r.known[p]; ok && now.Sub(at).Abs() < r.recheck {
				continue
			}
			if u := r.read(p); u != (Usage{}) {
				limited[p] = u
				delete(r.known, p)
			} else {
				r.known[p] = now
			}
		}
	}
	return limited
}

// Above returns the path and those of all groups above it, the root aside, which has no
// limits. It returns none for a path outside of the exporter's own view ("/../…").
func Above(p string) []string {
	if !strings.HasPrefix(p, "/") || strings.Contains(p, "/..") {
		return nil
	}
	var all []string
	for p = path.Clean(p); p != "/"; p = path.Dir(p) {
		all = append(all, p)
	}
	return all
}

// read reads one group.
func (r *Reader) read(p string) (u Usage) {
	if r.layout.cpu != "" {
		u.CPU = r.readCPU(filepath.Join(r.layout.cpu, filepath.FromSlash(p)))
	}
	if r.layout.memory != "" {
		u.Memory = r.readMemory(filepath.Join(r.layout.memory, filepath.FromSlash(p)))
	}
	return u
}

func (r *Reader) readCPU(dir string) *CPU {
	if _, ok := parseLimit(content(dir, r.layout.quota)); !ok {
		return nil
	}
	stat := content(dir, "cpu.stat")
	periods, ok1 := valueOf(stat, "nr_periods")
	throttled, ok2 := valueOf(stat, "nr_throttled")
	standing, ok3 := valueOf(stat, r.layout.throttled)
	if !ok1 || !ok2 || !ok3 {
		return nil
	}
	return &CPU{Periods: periods, ThrottledPeriods: throttled, Throttled: time.Duration(standing) * r.layout.unit}
}

func (r *Reader) readMemory(dir string) *Memory {
	limit, ok := parseLimit(content(dir, r.layout.limit))
	if !ok || limit == 0 {
		return nil
	}
	used, ok := parseNumber(content(dir, r.layout.usage))
	if !ok {
		return nil
	}
	inactive, _ := valueOf(content(dir, "memory.stat"), r.layout.inactive)
	return &Memory{UsedBytes: used - min(inactive, used), LimitBytes: limit}
}

// content returns what a file holds, nothing if it cannot be read: the group may have gone.
func content(dir, name string) []byte {
	file, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return nil
	}
	return file
}

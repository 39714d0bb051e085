package system

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ticksPerSecond is USER_HZ, the unit of /proc/stat on every architecture that Go knows.
const ticksPerSecond = 100

// cpuModes are the columns of a CPU's line in /proc/stat; the last two are the guests'.
var cpuModes = [...]string{
	"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "user", "nice",
}

const (
	idleColumn   = 3
	guestColumns = 8
)

// cpuTicks is one CPU's line of /proc/stat; old kernels have fewer columns.
type cpuTicks struct {
	ticks   [len(cpuModes)]uint64
	columns int
}

// statFile is what is of interest in /proc/stat.
type statFile struct {
	names  []string
	cpus   []cpuTicks
	kernel Kernel
}

// CPUs implements Reader from /proc/stat and the thermal_throttle files of sysfs.
func (r *reader) CPUs() (*CPUs, error) {
	stat, err := r.readStat()
	if err != nil {
		return nil, err
	}
	r.hold(stat)
	c := &CPUs{CPUs: make([]CPU, len(stat.cpus))}
	for i, t := range stat.cpus {
		times := make([]ModeTime, t.columns)
		for m := range times {
			times[m] = ModeTime{cpuModes[m], float64(t.ticks[m]) / ticksPerSecond}
		}
		modes := min(t.columns, guestColumns)
		c.CPUs[i] = CPU{Name: stat.names[i], Modes: times[:modes:modes], Guest: times[modes:]}
	}
	c.CoreThrottles, c.PackageThrottles = r.throttles()
	return c, nil
}

// hotplug is how far idle time has to fall to mean that the CPU came back from being
// offline, where the kernel starts anew; smaller steps back are its own imprecision
// (proc_stat(5), iowait).
const hotplug = 3 * ticksPerSecond

// hold raises every counter that fell a little to what it was before.
func (r *reader) hold(stat *statFile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	held := make(map[string]cpuTicks, len(stat.cpus))
	for i, name := range stat.names {
		now := &stat.cpus[i]
		before, seen := r.cpus[name]
		if seen && before.ticks[idleColumn] < now.ticks[idleColumn]+hotplug {
			for m := range now.ticks {
				now.ticks[m] = max(now.ticks[m], before.ticks[m])
			}
		}
		held[name] = *now
	}
	r.cpus = held
}

// Kernel implements Reader from /proc/stat.
func (r *reader) Kernel() (*Kernel, error) {
	stat, err := r.readStat()
	if err != nil {
		return nil, err
	}
	return &stat.kernel, nil
}

func (r *reader) readStat() (*statFile, error) {
	text, err := readFile(r.procPath("stat"))
	if err != nil {
		return nil, err
	}
	return parseStat(string(text))
}

// parseStat parses /proc/stat (proc_stat(5)).
func parseStat(text string) (*statFile, error) {
	var s statFile
	for line := range strings.Lines(text) {
		key, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if number, ok := strings.CutPrefix(key, "cpu"); ok {
			if number == "" {
				continue
			}
			ticks, err := parseTicks(rest)
			if err != nil {
				return nil, fmt.Errorf("/proc/stat: %s: %w", key, err)
			}
			s.names, s.cpus = append(s.names, number), append(s.cpus, ticks)
			continue
		}
		// The lines of the interrupts go on with one number for each of them.
		first, _, _ := strings.Cut(rest, " ")
		if err := s.kernel.set(key, first); err != nil {
			return nil, fmt.Errorf("/proc/stat: %s: %w", key, err)
		}
	}
	return &s, nil
}

// set takes over one line of /proc/stat.
func (k *Kernel) set(key, text string) error {
	var into **uint64
	var boot *uint64
	switch key {
	case "intr":
		into = &k.Interrupts
	case "ctxt":
		into = &k.ContextSwitches
	case "processes":
		into = &k.Forks
	case "procs_running":
		into = &k.Running
	case "procs_blocked":
		into = &k.Blocked
	case "btime":
		into = &boot
	default:
		return nil
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return err
	}
	*into = &n
	if boot != nil {
		k.BootTime = time.Unix(int64(n), 0)
	}
	return nil
}

func parseTicks(text string) (cpuTicks, error) {
	var t cpuTicks
	for field := range strings.FieldsSeq(text) {
		if t.columns == len(t.ticks) {
			break
		}
		n, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return t, err
		}
		t.ticks[t.columns] = n
		t.columns++
	}
	if t.columns <= idleColumn {
		return t, fmt.Errorf("want at least 4 columns, have %q", text)
	}
	return t, nil
}

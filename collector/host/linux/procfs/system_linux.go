package procfs

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// systemReading reads the values of the whole host. What cannot be read is left out and
// counted: each scan stands without it.
type systemReading struct {
	root string
	// longest is the longest time that anything on this host can have taken; 0 is not known.
	longest time.Duration
	system  process.System
	failed  Failures
}

// SystemReader reads the values of the whole host that come with a scan. Not safe for
// concurrent use.
type SystemReader struct {
	root  string
	guard *stall.Guard
}

// NewSystemReader returns a reader of the proc file system at root.
func NewSystemReader(root string, deadline time.Duration) *SystemReader {
	return &SystemReader{root: root, guard: stall.NewGuard(deadline, 1)}
}

// Read reads the values, and names what was odd first. Where /proc/stat and others come
// from a user-space file system (lxcfs), a read can hang; then there are no values.
func (r *SystemReader) Read(clock process.Clock, errs map[string]uint64) (s process.System, odd string) {
	var failed Failures
	longest := procfile.Longest(time.Duration(clock.Now) * Tick)
	if _, err := r.guard.Do(func() { s, failed = readSystem(r.root, longest) }); err != nil {
		errs[process.ReasonDeadline]++
		return process.System{}, ""
	}
	failed.AddTo(errs)
	return s, failed.first
}

// Close frees what the reader holds.
func (r *SystemReader) Close() { r.guard.Close() }

// readSystem reads the values of the whole host from a proc file system.
func readSystem(root string, longest time.Duration) (process.System, Failures) {
	r := systemReading{root: root, longest: longest}
	r.file("stat", r.readStat)
	r.file("meminfo", r.readMeminfo)
	r.file("loadavg", r.readLoad)
	r.readPressure()
	r.file("sys/kernel/pid_max", r.limitPIDs)
	r.file("sys/kernel/threads-max", r.limitPIDs)
	return r.system, r.failed
}

// file reads one file and has it parsed. A file that is not there is no error.
func (r *systemReading) file(name string, parse func(text string, d *procfile.Damage)) {
	var d procfile.Damage
	d.Part(func() error {
		text, err := procfile.Read(filepath.Join(r.root, filepath.FromSlash(name)))
		if err == nil {
			parse(string(text), &d)
		}
		return err
	})
	if err := d.Err(); !errors.Is(err, errors.ErrUnsupported) {
		r.failed.Add(err)
	}
}

func (r *systemReading) readStat(text string, d *procfile.Damage) {
	stat := procfile.ParseStat(text, r.longest, d)
	s := &r.system
	if stat.Forks != nil {
		s.Forks = *stat.Forks
	}
	if !stat.Partial {
		s.CPUs = len(stat.CPUs)
	}
	// User and nice include what guests used.
	busy, ok := stat.All.Sum(procfile.User, procfile.Nice, procfile.System, procfile.IRQ, procfile.Softirq, procfile.Steal)
	idle, ok2 := stat.All.Sum(procfile.Idle, procfile.Iowait)
	if ok && ok2 {
		s.CPUBusy, s.CPUIdle = time.Duration(busy)*Tick, time.Duration(idle)*Tick
	}
}

func (r *systemReading) readMeminfo(text string, d *procfile.Damage) {
	s := &r.system
	for _, f := range procfile.ParseMeminfo(text, d) {
		if !f.Bytes {
			continue
		}
		switch f.Name {
		case "MemTotal":
			s.MemoryTotalBytes = f.Value
		case "MemAvailable":
			s.MemoryAvailableBytes = &f.Value
		case "SwapTotal":
			s.SwapTotalBytes = &f.Value
		case "SwapFree":
			s.SwapFreeBytes = &f.Value
		}
	}
}

func (r *systemReading) readLoad(text string, d *procfile.Damage) {
	r.system.Load = procfile.ParseLoadavg(text, d)
}

// readPressure leaves Pressure nil where the kernel has no pressure stall information, or
// has it switched off (EOPNOTSUPP): neither is an error.
func (r *systemReading) readPressure() {
	var p process.Pressure
	for _, resource := range []struct {
		name string
		into **float64
	}{{"cpu", &p.CPU}, {"memory", &p.Memory}, {"io", &p.IO}} {
		r.file("pressure/"+resource.name, func(text string, d *procfile.Damage) {
			*resource.into = procfile.ParsePressure(resource.name, text, r.longest, d).Some.Average10
		})
	}
	if p != (process.Pressure{}) {
		r.system.Pressure = &p
	}
}

// limitPIDs makes PIDLimit the smaller of what PIDs there are (pid_max) and how many tasks
// may be (threads-max, both proc_sys_kernel(5)); 0 if neither is known.
func (r *systemReading) limitPIDs(text string, d *procfile.Damage) {
	n, ok := d.Tasks("/proc/sys/kernel: pid_max or threads-max", strings.TrimSpace(text))
	if limit := &r.system.PIDLimit; ok && (*limit == 0 || n < *limit) {
		*limit = n
	}
}

// cpusOf is how many CPUs can ever have worked for the processes of a proc file system.
func cpusOf(proc *Dir) int {
	if proc.Genuine {
		return possibleCPUs()
	}
	text, _ := procfile.Read(filepath.Join(proc.Path, "stat"))
	stat := procfile.ParseStat(string(text), 0, new(procfile.Damage))
	if n := len(stat.CPUs); n > 0 && !stat.Partial {
		return n
	}
	return mostCPUs
}

// mostCPUs is as many CPUs as a kernel can have (NR_CPUS of the largest architecture).
const mostCPUs = 8192

// possibleCPUs is how many CPUs the running kernel can ever have online, mostCPUs if that is
// not known.
func possibleCPUs() int {
	text, err := procfile.ReadText("/sys/devices/system/cpu/possible")
	if err != nil {
		return mostCPUs
	}
	// The last of "0-127" or "0,2-5".
	last := text[strings.LastIndexAny(text, ",-")+1:]
	n, err := strconv.ParseUint(last, 10, 16)
	if err != nil || n >= mostCPUs {
		return mostCPUs
	}
	return int(n) + 1
}

package system

import (
	"errors"

	"proctree/collector/host/procfile"
)

// cpuModes are the columns of a CPU's line in /proc/stat; the last two are the guests'.
var cpuModes = [procfile.CPUColumns]string{
	"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "user", "nice",
}

// CPUs implements Reader from /proc/stat and the thermal_throttle files of sysfs.
func (r *reader) CPUs() (*CPUs, error) {
	var d Damage
	c := &CPUs{}
	d.Part(func() error {
		stat, err := r.readStat(&d)
		r.raise(stat.CPUs)
		c.CPUs = make([]CPU, len(stat.CPUs))
		for i := range stat.CPUs {
			c.CPUs[i] = cpuOf(&stat.CPUs[i])
		}
		return err
	})
	d.Part(func() error {
		c.CoreThrottles, c.PackageThrottles = r.throttles(&d)
		if c.CoreThrottles == nil && c.PackageThrottles == nil {
			return errors.ErrUnsupported
		}
		return nil
	})
	isolated := r.sysPath("devices/system/cpu/isolated")
	readPart(&d, isolated, func(text string) { c.Isolated = parseCPUList(isolated, text, &d) })
	return c, d.Err()
}

func cpuOf(ticks *procfile.CPU) CPU {
	c := CPU{Name: ticks.Name, Modes: make([]ModeTime, 0, procfile.Guest)}
	for column, mode := range cpuModes {
		if !ticks.Has(column) {
			continue
		}
		m := ModeTime{mode, float64(ticks.Ticks[column]) / procfile.TicksPerSecond}
		if column < procfile.Guest {
			c.Modes = append(c.Modes, m)
		} else {
			c.Guest = append(c.Guest, m)
		}
	}
	return c
}

// hotplug is how far idle time has to fall to mean that the CPU came back from being
// offline, where the kernel starts from 0; smaller steps back are its own imprecision
// (proc_stat(5), iowait).
const hotplug = 3 * procfile.TicksPerSecond

// raise lifts every counter that fell a little to what it was before.
func (r *reader) raise(cpus []procfile.CPU) {
	r.mu.Lock()
	defer r.mu.Unlock()
	highest := make(map[string]procfile.CPUTicks, len(cpus))
	for i := range cpus {
		now := &cpus[i].CPUTicks
		kept := *now
		before, seen := r.cpus[cpus[i].Name]
		if seen && before.Ticks[procfile.Idle] < now.Ticks[procfile.Idle]+hotplug || !now.Has(procfile.Idle) {
			for m := range now.Ticks {
				// What is not known now may be known again later.
				if before.Has(m) && before.Ticks[m] > now.Ticks[m] {
					kept.Set(m, before.Ticks[m])
				}
				if now.Has(m) {
					now.Ticks[m] = kept.Ticks[m]
				}
			}
		}
		highest[cpus[i].Name] = kept
	}
	r.cpus = highest
}

// Kernel implements Reader from /proc/stat.
func (r *reader) Kernel() (*Kernel, error) {
	var d Damage
	k := &Kernel{}
	d.Part(func() error {
		stat, err := r.readStat(&d)
		*k = Kernel{
			BootTime:        stat.Boot,
			Interrupts:      stat.Interrupts,
			ContextSwitches: stat.ContextSwitches,
			Forks:           stat.Forks,
			Running:         stat.Running,
			Blocked:         stat.Blocked,
		}
		return err
	})
	return k, d.Err()
}

func (r *reader) readStat(d *Damage) (procfile.Stat, error) {
	text, err := readFile(r.procPath("stat"))
	if err != nil {
		return procfile.Stat{}, err
	}
	return procfile.ParseStat(string(text), r.longest(), d), nil
}

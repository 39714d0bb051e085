package collector

import "proctree/collector/host/system"

func newSystemStat(o Options) Collector {
	boot := o.systemGauge("boot_time_seconds", "When the host was started, in seconds since 1970.")
	interrupts := o.systemCounter("intr_total", "Interrupts served.")
	switches := o.systemCounter("context_switches_total", "Context switches.")
	forks := o.systemCounter("forks_total", "Processes and threads created.")
	running := o.systemGauge("procs_running", "Tasks that run, or could.")
	blocked := o.systemGauge("procs_blocked", "Tasks that wait for I/O.")

	collect := func(r system.Reader, send emit) error {
		k, err := r.Kernel()
		if err != nil {
			return err
		}
		if !k.BootTime.IsZero() {
			send(boot.of(unix(k.BootTime)))
		}
		show := func(m systemMetric, value *uint64) {
			if value != nil {
				send(m.of(float64(*value)))
			}
		}
		show(interrupts, k.Interrupts)
		show(switches, k.ContextSwitches)
		show(forks, k.Forks)
		show(running, k.Running)
		show(blocked, k.Blocked)
		return nil
	}
	return newSystem(o, collect, boot, interrupts, switches, forks, running, blocked)
}

func newSystemFilefd(o Options) Collector {
	allocated := o.systemGauge("filefd_allocated", "File handles that are allocated.")
	maximum := o.systemGauge("filefd_maximum", "File handles there may be.")

	collect := func(r system.Reader, send emit) error {
		handles, err := r.FileHandles()
		if err != nil {
			return err
		}
		send(allocated.of(float64(handles.Allocated)))
		send(maximum.of(float64(handles.Maximum)))
		return nil
	}
	return newSystem(o, collect, allocated, maximum)
}

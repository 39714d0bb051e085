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
		if k == nil {
			return err
		}
		if !k.BootTime.IsZero() {
			send(boot.sample(unix(k.BootTime)))
		}
		send.count(interrupts, k.Interrupts)
		send.count(switches, k.ContextSwitches)
		send.count(forks, k.Forks)
		send.count(running, k.Running)
		send.count(blocked, k.Blocked)
		return err
	}
	return newSystem(o, collect, boot, interrupts, switches, forks, running, blocked)
}

func newSystemFilefd(o Options) Collector {
	allocated := o.systemGauge("filefd_allocated", "File handles that are allocated.")
	maximum := o.systemGauge("filefd_maximum", "File handles there may be.")

	collect := func(r system.Reader, send emit) error {
		handles, err := r.FileHandles()
		send.count(allocated, handles.Allocated)
		send.count(maximum, handles.Maximum)
		return err
	}
	return newSystem(o, collect, allocated, maximum)
}

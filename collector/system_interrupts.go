package collector

import "proctree/collector/host/system"

func newSystemInterrupts(o Options) Collector {
	return newValues(o, system.Interrupts,
		o.valueCounter("interrupts_total", "Interrupts that a CPU served.", "cpu", "devices", "info", "type"))
}

package collector

import "proctree/collector/host/system"

func newSystemKernelHung(o Options) Collector {
	return newValues(o, system.KernelHung,
		o.valueCounter("kernel_hung_tasks_total", "Tasks that the kernel found hanging since it started."))
}

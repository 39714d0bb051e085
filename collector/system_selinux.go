package collector

import "proctree/collector/host/system"

func newSystemSELinux(o Options) Collector {
	return newValues(o, system.SELinux,
		o.valueGauge("selinux_enabled", "1 if SELinux is enabled."),
		o.valueGauge("selinux_current_mode", "Mode of SELinux: 1 enforcing, 0 permissive."),
		o.valueGauge("selinux_config_mode", "Mode that SELinux is configured with: 1 enforcing, 0 permissive, -1 disabled."),
	)
}

package collector

import "proctree/collector/host/system"

func newSystemWatchdog(o Options) Collector {
	const name = "name"
	return newValues(o, system.Watchdog,
		o.valueGauge("watchdog_info", "1, with what of a watchdog is no number.", "identity", name, "options", "pretimeout_governor", "state", "status"),
		o.valueGauge("watchdog_access_cs0", "1 if a watchdog has reset the host from its second flash memory.", name),
		o.valueGauge("watchdog_bootstatus", "Status of a watchdog at boot: why the host was reset.", name),
		o.valueGauge("watchdog_fw_version", "Version of the firmware of a watchdog.", name),
		o.valueGauge("watchdog_nowayout", "1 if a watchdog cannot be stopped.", name),
		o.valueGauge("watchdog_pretimeout_seconds", "How long before it resets the host a watchdog warns.", name),
		o.valueGauge("watchdog_timeleft_seconds", "In how many seconds a watchdog resets the host.", name),
		o.valueGauge("watchdog_timeout_seconds", "After how many seconds a watchdog resets the host.", name),
	)
}

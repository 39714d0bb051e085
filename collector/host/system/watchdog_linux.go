package system

// watchdogNumbers are files of /sys/class/watchdog/NAME
// (Documentation/ABI/testing/sysfs-class-watchdog).
var watchdogNumbers = []struct{ file, metric string }{
	{"access_cs0", "watchdog_access_cs0"},
	{"bootstatus", "watchdog_bootstatus"},
	{"fw_version", "watchdog_fw_version"},
	{"nowayout", "watchdog_nowayout"},
	{"pretimeout", "watchdog_pretimeout_seconds"},
	{"timeleft", "watchdog_timeleft_seconds"},
	{"timeout", "watchdog_timeout_seconds"},
}

func (r *reader) watchdog(out *values) {
	class := r.sysPath("class/watchdog")
	for _, name := range out.devices(class, "") {
		dir, label := join(class, name), Label{"name", name}
		for _, f := range watchdogNumbers {
			out.addUnsigned(f.metric, join(dir, f.file), label)
		}
		out.add("watchdog_info", 1, Label{"identity", out.text(join(dir, "identity"))}, label,
			Label{"options", out.text(join(dir, "options"))},
			Label{"pretimeout_governor", out.text(join(dir, "pretimeout_governor"))},
			Label{"state", out.text(join(dir, "state"))}, Label{"status", out.text(join(dir, "status"))})
	}
}

package procfs

// procCaps is what this proc file system can do.
type procCaps struct {
	// fdSize: the size of PID/fd is the number of descriptors (Linux 6.2).
	fdSize bool
	// schedstat: there is PID/schedstat (CONFIG_SCHED_INFO).
	schedstat bool
	// waits: the same, for the time that threads waited for a CPU.
	waits bool
	// io: there is PID/io (CONFIG_TASK_IO_ACCOUNTING).
	io bool
}

// findCaps finds out once what the kernel offers, by a process that is surely there: this
// one, or the first where the file system is that of a PID namespace without this one.
func findCaps(proc *Dir) procCaps {
	f := newPIDFiles(proc, procCaps{})
	var caps procCaps
	if !proc.Genuine {
		return procCaps{io: true, schedstat: true, waits: true}
	}
	for _, process := range []string{"self", "1"} {
		size, err := f.sizeOf([]byte(process + "/fd\x00"))
		caps.fdSize = caps.fdSize || err == nil && size > 0
		_, err = f.sizeOf([]byte(process + "/io\x00"))
		caps.io = caps.io || err == nil
		_, err = f.sizeOf([]byte(process + "/schedstat\x00"))
		caps.schedstat = caps.schedstat || err == nil
	}
	caps.waits = caps.schedstat
	return caps
}

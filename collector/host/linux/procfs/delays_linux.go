package procfs

import (
	"bytes"
	"math"
	"time"

	"proctree/collector/process"
)

// CountsDelays reports whether the kernel counts delays (kernel.task_delayacct, since Linux 5.14).
func CountsDelays(proc *Dir) bool {
	content, err := ReadNow(proc.FD, []byte("sys/kernel/task_delayacct\x00"), make([]byte, 16))
	return err == nil && len(content) > 0 && content[0] == '1'
}

// delays tells of which processes the kernel counts delays. It counts those of threads that began
// when it was switched on; the files show 0 for the others.
type delays struct {
	on bool
	// from is the tick from which on a process has begun that is surely counted.
	from uint64
}

// delaysNow returns what is true at a scan after the one at which d was true.
func delaysNow(proc *Dir, d delays, now uint64) delays {
	switch on := CountsDelays(proc); {
	case !on:
		return delays{}
	case d.on:
		return d
	case onFromBoot(proc):
		return delays{on: true}
	}
	return delays{on: true, from: now}
}

// onFromBoot reports whether the command line of the kernel switches delays on
// (Documentation/admin-guide/kernel-parameters.txt).
func onFromBoot(proc *Dir) bool {
	content, err := ReadNow(proc.FD, []byte("cmdline\x00"), make([]byte, FileBuffer))
	if err != nil {
		return false
	}
	for word := range bytes.FieldsSeq(content) {
		if string(word) == "delayacct" {
			return true
		}
	}
	return false
}

// statBlockIO is the number of delayacct_blkio_ticks in proc_pid_stat(5).
const statBlockIO = 42

// parseBlockIO returns for how long a thread waited for block devices, from its file stat. Only
// blanks separate the fields behind the name.
func parseBlockIO(file []byte) (waited time.Duration, ok bool) {
	end := bytes.LastIndexByte(file, ')')
	if end < 0 {
		return 0, false
	}
	f := Numbers{Rest: file[end+1:]}
	f.blanks()
	for field := 3; field < statBlockIO; field++ {
		at := bytes.IndexByte(f.Rest, ' ')
		if at < 0 {
			return 0, false
		}
		f.Rest = f.Rest[at:]
		f.blanks()
	}
	ticks := f.Uint()
	if f.Bad || ticks > uint64(math.MaxInt64/Tick) {
		return 0, false
	}
	return time.Duration(ticks) * Tick, true
}

// setBlockIO sets for how long a process waited for block devices.
func (f *pidFiles) setBlockIO(p *process.Process, waited time.Duration) {
	if f.delays.on && (waited > 0 || p.StartTicks >= f.delays.from) {
		p.Delays.BlockIO = waited
		p.Known |= process.HasBlockIODelay
	}
}

// readBlockIO reads the file of a thread; 0 if that is not possible.
func (f *pidFiles) readBlockIO(pid int, tid int32) time.Duration {
	if !f.delays.on {
		return 0
	}
	content, err := ReadAt(f.proc.FD, f.threadPath(pid, tid, "stat"), f.stat)
	if err != nil {
		return 0 // The thread has ended.
	}
	waited, ok := parseBlockIO(content)
	if !ok {
		f.failed.Oddities(1, "stat: delayacct_blkio_ticks")
	}
	return waited
}

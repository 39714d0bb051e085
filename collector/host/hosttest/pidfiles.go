package hosttest

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// kernelThreadFlags and processFlags are field 9 of stat: PF_KTHREAD and others, or not.
const (
	kernelThreadFlags = 0x00208040
	processFlags      = 0x00400100
)

// pageKB is the page size that the fake files assume.
const pageKB = 4

// stat writes proc_pid_stat(5).
func (p TreeProcess) stat() string {
	flags := processFlags
	if p.Kernel {
		flags = kernelThreadFlags
	}
	return fmt.Sprintf("%d (%s) %c %d %d %d 0 -1 %d %d 0 %d 0 %d %d %d %d 20 %d %d 0 %d %d %d"+
		" 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		p.PID, p.Name, p.state(), p.PPID, p.PID, p.PID, flags, p.MinorFaults, p.MajorFaults,
		p.UserTicks, p.SystemTicks, p.ChildUserTicks, p.ChildSysTicks, p.Nice, cmp.Or(p.Threads, 1),
		p.StartTicks, p.VirtualKB<<10, p.ResidentKB/pageKB)
}

func (p TreeProcess) state() byte { return cmp.Or(p.State, 'S') }

// status writes proc_pid_status(5), all of the resident memory being anonymous.
func (p TreeProcess) status() string {
	var b strings.Builder
	name := strings.NewReplacer("\\", "\\\\", "\n", "\\n").Replace(p.Name)
	fmt.Fprintf(&b, "Name:\t%s\nUmask:\t0022\nState:\t%c (fake)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
		name, p.state(), p.PID, p.PID, p.PPID)
	fmt.Fprintf(&b, "Uid:\t%d\t%d\t%d\t%d\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t \n", p.UID, p.UID, p.UID, p.UID)
	if !p.Kernel && p.state() != 'Z' {
		fmt.Fprintf(&b, "VmPeak:\t%8d kB\nVmSize:\t%8d kB\nVmHWM:\t%8d kB\nVmRSS:\t%8d kB\n",
			p.VirtualKB, p.VirtualKB, p.ResidentKB, p.ResidentKB)
		fmt.Fprintf(&b, "RssAnon:\t%8d kB\nRssFile:\t%8d kB\nRssShmem:\t%8d kB\nVmSwap:\t%8d kB\n",
			p.ResidentKB, 0, 0, p.SwapKB)
	}
	fmt.Fprintf(&b, "Threads:\t%d\nvoluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n",
		cmp.Or(p.Threads, 1), p.VoluntarySwitches, p.InvoluntarySwitches)
	return b.String()
}

// io writes proc_pid_io(5).
func (p TreeProcess) io() string {
	return fmt.Sprintf("rchar: %d\nwchar: %d\nsyscr: 0\nsyscw: 0\nread_bytes: %d\nwrite_bytes: %d\ncancelled_write_bytes: 0\n",
		p.ReadBytes, p.WrittenBytes, p.ReadBytes, p.WrittenBytes)
}

// limits writes proc_pid_limits(5).
func (p TreeProcess) limits() string {
	var b strings.Builder
	line := func(name, soft, hard, unit string) {
		fmt.Fprintf(&b, "%-25s %-20s %-20s %-10s\n", name, soft, hard, unit)
	}
	line("Limit", "Soft Limit", "Hard Limit", "Units")
	line("Max cpu time", "unlimited", "unlimited", "seconds")
	line("Max open files", strconv.FormatUint(cmp.Or(p.FDLimit, 1024), 10), "524288", "files")
	return b.String()
}

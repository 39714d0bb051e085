package host

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux"
	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/detail"
	"proctree/collector/host/linux/events"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// NewReader returns a Reader of the process table. A way of reading that Config names and
// that is not possible is an error.
func NewReader(cfg Config) (Reader, error) {
	if cfg.Reader != "" && !slices.Contains(ReaderModes(), cfg.Reader) {
		return nil, fmt.Errorf("reader %q is none of %s", cfg.Reader, strings.Join(ReaderModes(), ", "))
	}
	if cfg.Exits != "" && !slices.Contains(ExitModes(), cfg.Exits) {
		return nil, fmt.Errorf("exits %q is none of %s", cfg.Exits, strings.Join(ExitModes(), ", "))
	}
	return linux.Open(linux.Config(cfg))
}

// NewDetailer returns a Detailer for the proc file system.
func NewDetailer(cfg Config) (Detailer, error) {
	c := linux.Config(cfg).WithDefaults()
	return detail.New(c.ProcPath, c.Deadline)
}

// ReadInfo reads what it can about the host.
func ReadInfo(cfg Config) process.HostInfo { return linux.ReadInfo(linux.Config(cfg)) }

// OpenEvents returns a reader of events by BPF, or says why there is none.
func OpenEvents(cfg Config) (EventReader, error) {
	c := linux.Config(cfg).WithDefaults()
	return events.Open(c.ProcPath, c.RootPath, c.Deadline)
}

// HiddenProcesses says in a sentence that processes of the host do not show at all to the
// reader of that name, and what would help; "" when they all do. No scan can count those:
// unlike a file that is refused, they leave no trace.
func HiddenProcesses(cfg Config, reader string) string {
	return procfs.Hidden(linux.Config(cfg).WithDefaults().ProcPath, reader, procfs.EffectiveCapabilities())
}

// LackingRights names the capabilities that this program does not have, and with which the
// reader of that name would see more of other users' processes: I/O and descriptors through
// /proc ask for both, the path of an executable for the first (proc(5), capabilities(7)).
func LackingRights(reader string) []string {
	return lackingRights(reader, procfs.EffectiveCapabilities())
}

func lackingRights(reader string, capabilities uint64) (lacking []string) {
	if capabilities&(1<<unix.CAP_SYS_PTRACE) == 0 {
		lacking = append(lacking, "CAP_SYS_PTRACE")
	}
	if capabilities&(1<<unix.CAP_DAC_READ_SEARCH) == 0 && !ReadByBPF(reader) {
		lacking = append(lacking, "CAP_DAC_READ_SEARCH")
	}
	return lacking
}

// PinTasks leaves an iterator over the process table at path, in a mounted bpf file system,
// for exporters that may not use BPF themselves (Config.BPFPin). Members of the group gid
// may read it.
func PinTasks(path string, gid int) error { return bpf.Pin(path, gid) }

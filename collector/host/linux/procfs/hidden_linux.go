package procfs

import (
	"fmt"
	"path/filepath"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
)

// Hidden says in a sentence that processes of the host do not show at all to the
// reader of that name with these capabilities, and what would help; "" when they all do.
func Hidden(procPath, reader string, capabilities uint64) string {
	switch {
	// A BPF iterator does not ask what the mount of /proc hides.
	case reader == "procfs" && capabilities&(1<<unix.CAP_SYS_PTRACE) == 0 && hidesProcesses(procPath):
		return fmt.Sprintf("other users' processes are not shown: %s is mounted with hidepid; "+
			"grant CAP_SYS_PTRACE, or let the mount's option gid name a group of this program's", procPath)
	case isPartial(procPath):
		return fmt.Sprintf("the host's own processes are not shown: %s is that of a PID namespace; "+
			"run in the host's, or mount the host's /proc and name it by --path.procfs", procPath)
	}
	return ""
}

// EffectiveCapabilities reads CapEff of this process (capabilities(7)); none if that
// cannot be read.
func EffectiveCapabilities() uint64 {
	self, err := procfs.Self()
	if err != nil {
		return 0
	}
	status, err := self.NewStatus()
	if err != nil {
		return 0
	}
	return status.CapEff
}

// hidesProcesses reports whether the file system is mounted with hidepid (proc(5)).
func hidesProcesses(path string) bool {
	mounts, err := procfile.Read("/proc/self/mountinfo")
	if err != nil {
		return false
	}
	hides, _ := procfile.HidesProcesses(string(mounts), filepath.Clean(path))
	return hides
}

// isPartial reports whether kthreadd, which is PID 2 of every host, is not to be seen.
func isPartial(root string) bool {
	name, err := procfile.Read(filepath.Join(root, "2/comm"))
	return err != nil || string(name) != "kthreadd\n"
}

package host

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/prometheus/procfs"
	"golang.org/x/sys/unix"
)

// MissingPrivileges says, one sentence each, what this program cannot see of the host and
// what would help. It is for a log line at the start; what a scan misses is counted in
// Snapshot.Errors. Nothing is returned when everything can be seen.
func MissingPrivileges(cfg Config) []string {
	cfg = cfg.withDefaults()
	return missingPrivileges(cfg.ProcPath, effectiveCapabilities())
}

func missingPrivileges(procPath string, held uint64) []string {
	var missing []string
	has := func(capability int) bool { return held&(1<<capability) != 0 }
	switch {
	case !has(unix.CAP_SYS_PTRACE):
		missing = append(missing, "executable, I/O and proportional memory of other users' processes are absent: "+
			"run as root, or with the capabilities CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH")
		if hidesProcesses(procPath) {
			missing = append(missing, fmt.Sprintf("other users' processes are not shown at all: %s is mounted with "+
				"hidepid, whose option gid would have to name a group of this program's", procPath))
		}
	case !has(unix.CAP_DAC_READ_SEARCH) && !has(unix.CAP_DAC_OVERRIDE):
		missing = append(missing, "I/O of other users' processes is absent: run with the capability "+
			"CAP_DAC_READ_SEARCH too")
	}
	if isPartial(procPath) {
		missing = append(missing, fmt.Sprintf("the host's own processes are not shown: %s is that of a PID "+
			"namespace; run in the host's, or mount the host's /proc and name it by --path.procfs", procPath))
	}
	return missing
}

// effectiveCapabilities reads CapEff of this process (capabilities(7)); none if that
// cannot be read.
func effectiveCapabilities() uint64 {
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
	mounts, err := procfs.GetMounts()
	if err != nil {
		return false
	}
	hides := false
	for _, mount := range mounts {
		// The last mount on a path is the one to be seen.
		if mount.FSType == "proc" && mount.MountPoint == filepath.Clean(path) {
			option := mount.SuperOptions["hidepid"]
			hides = option != "" && option != "0" && option != "off"
		}
	}
	return hides
}

// isPartial reports whether kthreadd, which is PID 2 of every host, is not to be seen.
func isPartial(root string) bool {
	name, err := os.ReadFile(filepath.Join(root, "2/comm"))
	return err != nil || string(name) != "kthreadd\n"
}

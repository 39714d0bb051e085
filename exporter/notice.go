package main

import (
	"runtime"
	"strings"
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/host"
	"proctree/collector/process"
)

// permissionNotice says once what the exporter may not read, and what would help.
type permissionNotice struct {
	logger log.Logger
	config host.Config
	once   sync.Once
	hidden sync.Once
}

func (n *permissionNotice) observe(s *process.Snapshot) {
	n.hidden.Do(func() {
		if sentence := host.HiddenProcesses(n.config, s.Reader); sentence != "" {
			level.Warn(n.logger).Log("msg", sentence)
		}
	})
	refused := s.Errors[process.ReasonPermission]
	if refused == 0 {
		return
	}
	n.once.Do(func() { n.refused(s, refused) })
}

// refused logs what is absent. On Linux that is a warning only if a capability is lacking:
// with all of them, the kernel still refuses some processes, such as those of a security
// module or of another user namespace, and nothing can be done about it.
func (n *permissionNotice) refused(s *process.Snapshot, count uint64) {
	logger := level.Warn(n.logger)
	var absent, help string
	switch runtime.GOOS {
	case "linux":
		lacking := host.LackingRights(s.Reader)
		absent, help = "I/O, executables", "grant "+strings.Join(lacking, " and ")+"; root has every capability unless a container took some away"
		if host.ReadByBPF(s.Reader) {
			absent = "executables"
		}
		if len(lacking) == 0 {
			logger, help = level.Debug(n.logger), "none: the exporter has every right that helps"
		}
	case "windows":
		absent, help = "executables, command lines, users", "run as a service or as administrator"
	default:
		absent, help = "CPU time, memory, I/O, executables, command lines", "run as root"
	}
	logger.Log(
		"msg", "some values of other users' processes are absent, because the kernel refused to show them",
		"refused", count, "processes", len(s.Processes),
		"absent", absent, "help", help)
}

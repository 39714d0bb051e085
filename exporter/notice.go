package main

import (
	"runtime"
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
	absent, help := "I/O, executables",
		"grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, which root has unless a container took them away"
	switch {
	case host.ReadByBPF(s.Reader):
		absent, help = "executables", "grant CAP_SYS_PTRACE, which root has unless a container took it away"
	case runtime.GOOS == "windows":
		absent, help = "executables, command lines, users", "run as a service or as administrator"
	case runtime.GOOS == "darwin", runtime.GOOS == "freebsd":
		absent, help = "CPU time, memory, I/O, executables, command lines", "run as root"
	}
	n.once.Do(func() {
		level.Warn(n.logger).Log(
			"msg", "some figures of other users' processes are absent: the kernel refused to show them",
			"refused", refused, "processes", len(s.Processes),
			"absent", absent, "help", help)
	})
}

package main

import (
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/host"
)

// permissionNotice says once what the exporter may not read, and what would help.
type permissionNotice struct {
	logger log.Logger
	once   sync.Once
}

func (n *permissionNotice) observe(s *host.Snapshot) {
	refused := s.Errors[host.ReasonPermission]
	if refused == 0 {
		return
	}
	n.once.Do(func() {
		level.Warn(n.logger).Log(
			"msg", "some figures of other users' processes are absent: the kernel refused to show them",
			"refused", refused, "processes", len(s.Processes),
			"absent", "I/O, executables",
			"help", "grant CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH, which root has unless a container took them away")
	})
}

package system

import (
	"errors"

	"proctree/collector/host/stall"
)

// mountTimeout is the error of a mount that owes an answer, in node_exporter's words.
const mountTimeout = "mountpoint timeout"

// askUsage sets the usage of every mount, or the error; paths are where they are.
func askUsage(calls *stall.Calls[string, Usage], filesystems []Filesystem, paths []string) {
	for i, q := range calls.Ask(paths...) {
		usage, err := q.Answer()
		switch {
		case errors.Is(err, stall.ErrTimeout):
			filesystems[i].Error = mountTimeout
		case err != nil:
			filesystems[i].Error = err.Error()
		default:
			filesystems[i].Usage = usage
		}
	}
}

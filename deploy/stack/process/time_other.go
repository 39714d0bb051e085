//go:build unix && !linux

package process

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// startTime returns when a process started, as ps(1) prints it, and whether it is a zombie, which
// has ended.
func startTime(pid int) (started string, zombie bool, err error) {
	cmd := exec.Command("ps", "-o", "stat=,lstart=", "-p", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return "", false, fmt.Errorf("ps of PID %d: %w", pid, err)
	}
	state, started, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return strings.TrimSpace(started), strings.HasPrefix(state, "Z"), nil
}

package parts

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// PeakMemory is the most resident memory that the program had so far, in bytes
// (VmHWM of proc_pid_status(5)).
func (p *Part) PeakMemory() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	n, err := strconv.ParseFloat(kilobytes, 64)
	return n * 1024, err
}

// CPUSeconds is what the program has used so far (proc_pid_stat(5), fields 14 and 15).
func (p *Part) CPUSeconds() (float64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.PID()))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const utime, stime, ticks = 11, 12, 100
	user, err := strconv.ParseFloat(fields[utime], 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseFloat(fields[stime], 64)
	return (user + system) / ticks, err
}

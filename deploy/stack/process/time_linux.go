package process

import (
	"fmt"
	"os"
	"strings"
)

// startTime returns when a process started: the boot of the host, and clock ticks since then
// (field 22 of /proc/PID/stat, proc_pid_stat(5)), and whether it is a zombie, which has ended.
func startTime(pid int) (started string, zombie bool, err error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false, err
	}
	// The name, in parentheses, may hold anything.
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	if len(fields) < 20 {
		return "", false, fmt.Errorf("/proc/%d/stat: %q has too few fields", pid, stat)
	}
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", false, err
	}
	return strings.TrimSpace(string(boot)) + "/" + fields[19], fields[0] == "Z" || fields[0] == "X", nil
}

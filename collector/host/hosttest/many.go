package hosttest

import (
	"fmt"
	"strconv"
	"time"

	"proctree/collector/process"
)

// Many builds n processes as a busy host has them, the same at every call: a tree of
// fanout 10 under PID 1, 200 names, a dozen users, one process in ten with threads, and
// counters that grow with at. Any two of these tables are a pair of scans of one host.
func Many(n int, at time.Duration) []process.Process {
	processes := make([]process.Process, 0, n)
	for i := range n {
		processes = append(processes, one(i, at))
	}
	return processes
}

// one is the process of place i in the tree; its parent is at place (i-1)/10.
func one(i int, at time.Duration) process.Process {
	pid, ppid := i+1, (i-1)/10+1
	if i == 0 {
		ppid = 0
	}
	name := fmt.Sprintf("service-%d", i%200)
	busy := time.Duration(i%7) * at / 1_000
	uid := uint32(1_000 + i%12)
	p := Process(pid, ppid, name,
		CPU(busy, busy/2),
		Memory(uint64(i%4096+64)<<10, uint64(i%4096+4096)<<10),
		IO(uint64(i%5)<<12*uint64(at/time.Second), uint64(i%3)<<12*uint64(at/time.Second)),
		OpenFDs(uint64(3+i%40), 1_024),
		User(uid, fmt.Sprintf("user%d", uid)),
		Cmdline("/usr/sbin/"+name, "--instance", strconv.Itoa(i), "--config=/etc/"+name+".yml"))
	if i%10 == 0 {
		p.Threads = 4 + i%7
	}
	return p
}

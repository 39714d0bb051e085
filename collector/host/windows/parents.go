package windows

import "proctree/collector/process"

// checkParents sets ParentPID to 0 where the process of that number is not the parent:
// Windows keeps the number when the parent has gone, and gives it to another one. Numbers of
// which nothing is known are kept.
func checkParents(processes []Process) {
	created := make(map[uint64]uint64, len(processes))
	for i := range processes {
		created[processes[i].PID] = processes[i].CreateTime
	}
	for i := range processes {
		p := &processes[i]
		start, ok := created[p.ParentPID]
		parent := process.ID{PID: int(p.ParentPID), StartTicks: start}
		if ok && !parent.CanParent(process.ID{PID: int(p.PID), StartTicks: p.CreateTime}) {
			p.ParentPID = 0
		}
	}
}

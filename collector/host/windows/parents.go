package windows

// CheckParents sets ParentPID to 0 where the process of that number is not the parent:
// Windows keeps the number when the parent has gone, and gives it to another one. A parent
// was created no later than its child. Numbers of which nothing is known are kept.
func CheckParents(processes []Process) {
	created := make(map[uint64]uint64, len(processes))
	for i := range processes {
		created[processes[i].PID] = processes[i].CreateTime
	}
	for i := range processes {
		p := &processes[i]
		parent, ok := created[p.ParentPID]
		if p.ParentPID == p.PID || (ok && parent > p.CreateTime) {
			p.ParentPID = 0
		}
	}
}

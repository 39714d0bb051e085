package bpf

import (
	"math/bits"

	"proctree/collector/process"
)

// Bits of a task's flags and states (linux/sched.h).
const (
	kernelThread = 0x00200000 // PF_KTHREAD

	taskUninterruptible = 0x0002
	// taskReport are the states that /proc tells apart (TASK_REPORT).
	taskReport = 0x007f
	// taskIdle waits like a blocked task and adds nothing to the load (TASK_IDLE).
	taskIdle = 0x0402
	// taskRTLockWait and taskFrozen are shown as blocked (Linux 5.15 and 6.1).
	taskRTLockWait = 0x1000
	taskFrozen     = 0x8000
)

// taskLetters are the letters of /proc for the highest bit of the state (fs/proc/array.c).
const taskLetters = "RSDTtXZP"

// stateOfTask maps the state and exit state of a kernel's task as /proc does
// (__task_state_index in linux/sched.h).
func stateOfTask(state, exitState uint32) process.State {
	if state&taskIdle == taskIdle {
		return process.StateOfLetter('I')
	}
	reported := (state | exitState) & taskReport
	if state&(taskRTLockWait|taskFrozen) != 0 {
		reported = taskUninterruptible
	}
	return process.StateOfLetter(taskLetters[bits.Len32(reported)])
}

package programs

import "syscall"

// endWithParent has the kernel kill the program when this process ends (PR_SET_PDEATHSIG in
// prctl(2)), also when it is killed itself.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

package control

import (
	"errors"
	"fmt"

	"golang.org/x/sys/windows"

	"proctree/collector/process"
)

// exitCode is what a process that was ended here returns: that of an unhandled SIGKILL in a
// shell, as Windows has no code of its own for it.
const exitCode = 137

// processSuspendResume is PROCESS_SUSPEND_RESUME ("Process Security and Access Rights").
const processSuspendResume = 0x0800

// Actor acts on processes through open handles. Safe for concurrent use.
type Actor struct {
	suspend, resume *windows.LazyProc
	isCritical      func(windows.Handle) (bool, error)
}

// New returns an Actor.
func New(Config) (*Actor, error) {
	ntdll, kernel := windows.NewLazySystemDLL("ntdll.dll"), windows.NewLazySystemDLL("kernel32.dll")
	return &Actor{
		suspend:    ntdll.NewProc("NtSuspendProcess"),
		resume:     ntdll.NewProc("NtResumeProcess"),
		isCritical: askCritical(kernel.NewProc("IsProcessCritical")),
	}, nil
}

// supports reports which signals have something like them: TerminateProcess, and the calls
// that stop and continue all threads.
func supports(name string) bool { return name == KILL || name == STOP || name == CONT }

// Signal ends, stops or continues a process. While the handle is open the PID is not given
// to another process.
func (a *Actor) Signal(id process.ID, name string) error {
	if !supports(name) {
		return fmt.Errorf("signal %q on Windows: %w", name, ErrUnsupported)
	}
	rights := uint32(processSuspendResume)
	if name == KILL {
		rights = windows.PROCESS_TERMINATE
	}
	handle, err := a.open(id, rights)
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(handle) }()
	switch name {
	case KILL:
		return explain(id, windows.TerminateProcess(handle, exitCode))
	case STOP:
		return status(id, a.suspend, handle)
	default:
		return status(id, a.resume, handle)
	}
}

// Renice sets the priority class that is nearest to the nice value.
func (a *Actor) Renice(id process.ID, nice int) error {
	if err := checkNice(nice); err != nil {
		return err
	}
	handle, err := a.open(id, windows.PROCESS_SET_INFORMATION)
	if err != nil {
		return err
	}
	defer func() { _ = windows.CloseHandle(handle) }()
	return explain(id, windows.SetPriorityClass(handle, priorityClass(nice)))
}

// priorityClass leaves out the class for real-time programs, which can stop the system.
func priorityClass(nice int) uint32 {
	switch {
	case nice <= -10:
		return windows.HIGH_PRIORITY_CLASS
	case nice < 0:
		return windows.ABOVE_NORMAL_PRIORITY_CLASS
	case nice == 0:
		return windows.NORMAL_PRIORITY_CLASS
	case nice < 15:
		return windows.BELOW_NORMAL_PRIORITY_CLASS
	}
	return windows.IDLE_PRIORITY_CLASS
}

// open returns a handle of exactly this process. It refuses processes without which Windows
// stops (IsProcessCritical).
func (a *Actor) open(id process.ID, rights uint32) (windows.Handle, error) {
	handle, err := windows.OpenProcess(rights|windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(id.PID))
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) {
		return 0, fmt.Errorf("process %s: %w", id, process.ErrNoProcess)
	}
	if err != nil {
		return 0, explain(id, err)
	}
	if err := a.check(handle, id); err != nil {
		_ = windows.CloseHandle(handle)
		return 0, err
	}
	return handle, nil
}

func (a *Actor) check(handle windows.Handle, id process.ID) error {
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(handle, &created, &exited, &kernel, &user); err != nil {
		return fmt.Errorf("times of process %s: %w", id, err)
	}
	if uint64(created.HighDateTime)<<32|uint64(created.LowDateTime) != id.StartTicks {
		return fmt.Errorf("process %s: %w", id, ErrReused)
	}
	if exited.HighDateTime != 0 || exited.LowDateTime != 0 {
		return fmt.Errorf("process %s: %w", id, process.ErrNoProcess)
	}
	return a.checkCritical(handle, id)
}

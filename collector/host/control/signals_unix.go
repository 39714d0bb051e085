//go:build linux || darwin || freebsd

package control

import (
	"errors"
	"syscall"
)

var signals = map[string]syscall.Signal{
	TERM: syscall.SIGTERM,
	KILL: syscall.SIGKILL,
	STOP: syscall.SIGSTOP,
	CONT: syscall.SIGCONT,
	HUP:  syscall.SIGHUP,
	INT:  syscall.SIGINT,
	USR1: syscall.SIGUSR1,
	USR2: syscall.SIGUSR2,
}

func supports(name string) bool { return signals[name] != 0 }

// exists reports whether there is a process, by the error of signal 0 to it: EPERM stands for a
// process that this program may not signal, such as one of another account (kill(2)).
func exists(err error) bool { return err == nil || errors.Is(err, syscall.EPERM) }

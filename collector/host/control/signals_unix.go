//go:build linux || darwin || freebsd

package control

import "syscall"

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

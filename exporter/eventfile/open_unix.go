//go:build unix

package eventfile

import "syscall"

const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

//go:build !linux

package programs

import "syscall"

// endWithParent changes nothing: only Linux can do this.
func endWithParent() *syscall.SysProcAttr { return nil }

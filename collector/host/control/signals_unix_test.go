//go:build linux || darwin || freebsd

package control

import (
	"fmt"
	"syscall"
	"testing"
)

func TestExists(t *testing.T) {
	for err, want := range map[error]bool{
		nil:                                   true,
		syscall.EPERM:                         true, // A process of another account.
		syscall.ESRCH:                         false,
		fmt.Errorf("kill: %w", syscall.EPERM): true,
	} {
		if got := exists(err); got != want {
			t.Errorf("%v: %t, want %t", err, got, want)
		}
	}
}

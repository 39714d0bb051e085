//go:build unix

package terminal

import (
	"os"
	"os/signal"
	"syscall"
)

// stopSelf stops the program as the shell's job control expects it, and returns once it goes on.
func stopSelf() {
	resumed := make(chan os.Signal, 1)
	signal.Notify(resumed, syscall.SIGCONT)
	defer signal.Stop(resumed)
	// To the whole group, as the terminal sends it for Ctrl-Z (termios(3), ISIG).
	if err := syscall.Kill(0, syscall.SIGTSTP); err == nil {
		<-resumed
	}
}

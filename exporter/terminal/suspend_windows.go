package terminal

// stopSelf does nothing: Windows has no job control.
func stopSelf() {}

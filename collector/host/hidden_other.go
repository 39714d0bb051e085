//go:build !linux

package host

// HiddenProcesses says in a sentence that processes of the host do not show at all; ""
// where no system setting hides them.
func HiddenProcesses(Config, string) string { return "" }

// LackingRights names no capabilities: only Linux has them.
func LackingRights(string) []string { return nil }

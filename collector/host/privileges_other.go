//go:build !linux

package host

// MissingPrivileges says, one sentence each, what this program cannot see of the host and
// what would help. It is for a log line at the start.
func MissingPrivileges(Config) []string { return nil }

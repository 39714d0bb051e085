//go:build !windows

package main

// service is for Windows: elsewhere a service manager runs the program as it is.
func service([]string, hangups) (handled bool, err error) { return false, nil }

//go:build !windows

package main

import "proctree/exporter/hangup"

// service is for Windows: elsewhere a service manager runs the program as it is.
func service([]string, hangup.Signals) (handled bool, err error) { return false, nil }

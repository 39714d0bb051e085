//go:build !linux

// Command bench measures the exporter on Linux; see main.go.
package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	fmt.Fprintf(os.Stderr, "bench: runs on Linux only, this is %s\n", runtime.GOOS)
	os.Exit(1)
}

package system

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/windows"
)

// Uname implements Reader with what comes next to it.
func (r *reader) Uname() (Uname, error) {
	v := windows.RtlGetVersion()
	return Uname{
		Sysname:  "Windows_NT",
		Release:  fmt.Sprintf("%d.%d", v.MajorVersion, v.MinorVersion),
		Version:  fmt.Sprintf("%d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber),
		Machine:  runtime.GOARCH,
		Nodename: hostname(),
	}, nil
}

package rules

import "strings"

// Shown says what of a process may be shown. The zero value shows neither command lines nor
// paths.
type Shown struct {
	// Cmdline returns the command line as it may be shown, secrets masked, or nil for none.
	// A nil function shows none at all. It is called while a group is decided, which is
	// once for each process and not at each scan.
	Cmdline func(args []string) []string
	// Open says that everyone who may read the metrics may see command lines and control groups: no
	// viewer's token is meant to hide them. Otherwise labels have none.
	Open bool
	// Exe says that everyone who may read the metrics may see the executables of all processes, which
	// the kernel shows only to their owner (proc_pid_exe(5)). Otherwise labels have none, and
	// the name of a group has the last element of the path.
	Exe bool
}

// Args returns what may be shown of a command line; nil is nothing.
func (s *Shown) Args(args []string) []string {
	if s == nil || s.Cmdline == nil {
		return nil
	}
	return s.Cmdline(args)
}

// LabelArgs returns what a label may have of a command line; nil is nothing.
func (s *Shown) LabelArgs(args []string) []string {
	if s == nil || !s.Open {
		return nil
	}
	return s.Args(args)
}

// LabelExe returns what a label may have of the path of an executable.
func (s *Shown) LabelExe(path string) string {
	if s == nil || !s.Exe {
		return ""
	}
	return path
}

// exe returns what the name of a group may have of the path of an executable.
func (s *Shown) exe(path string) string {
	if s != nil && s.Exe {
		return path
	}
	return lastElement(path)
}

// cgroup returns what the name of a group may have of the path of a control group.
func (s *Shown) cgroup(path string) string {
	if s != nil && s.Open {
		return path
	}
	return lastElement(path)
}

func lastElement(path string) string { return base(strings.TrimRight(path, `/\`)) }

// base returns the last element of a path of this or of another system. A backslash
// separates only where there is no slash, for on Unix it is part of a name.
func base(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[i+1:]
	}
	return path[strings.LastIndexByte(path, '\\')+1:]
}

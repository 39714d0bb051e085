package rules

import "strings"

// Shown says what of a process may be shown. The zero value shows neither command lines nor
// paths.
type Shown struct {
	// Cmdline returns the command line as it may be shown, secrets masked, or nil for none.
	// A nil function shows none at all. It is called while a group is decided, which is
	// once for each process and not at each scan.
	Cmdline func(args []string) []string
	// Open says that everyone who may read the metrics may see paths and command lines too: no
	// token is needed for them. Otherwise labels have none, and the name of a group has the
	// last element of a path.
	Open bool
}

// Args returns what may be shown of a command line; nil is nothing.
func (s *Shown) Args(args []string) []string {
	if s == nil || s.Cmdline == nil {
		return nil
	}
	return s.Cmdline(args)
}

// Labels reports whether labels may have paths and command lines.
func (s *Shown) Labels() bool { return s != nil && s.Open }

// path returns what the name of a group may have of a path.
func (s *Shown) path(path string) string {
	if s.Labels() {
		return path
	}
	return base(strings.TrimRight(path, `/\`))
}

// base returns the last element of a path of this or of another system. A backslash
// separates only where there is no slash, for on Unix it is part of a name.
func base(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[i+1:]
	}
	return path[strings.LastIndexByte(path, '\\')+1:]
}

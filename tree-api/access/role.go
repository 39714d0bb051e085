package access

import (
	"fmt"
	"slices"
)

// Role is what a caller may see.
type Role uint8

// The roles, each with all that the one before it may see.
const (
	// None sees no process at all.
	None Role = iota
	// Viewer sees the processes without command lines and without paths: no executable,
	// no working directory, no cgroup, no open file.
	Viewer
	// Operator sees everything.
	Operator
)

var roleNames = []string{"none", "viewer", "operator"}

// String returns the role's name as it stands in the token file and in the JSON.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return roleNames[None]
}

// ParseRole is the inverse of String for the roles that somebody can be given.
func ParseRole(name string) (Role, error) {
	i := slices.Index(roleNames, name)
	if i <= int(None) {
		return None, fmt.Errorf("unknown role %q: it is viewer or operator", name)
	}
	return Role(i), nil
}

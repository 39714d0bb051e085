package access

import "fmt"

// Role is what a caller may see.
type Role uint8

// The roles, each with all that the one before it may see.
const (
	// None sees no process at all.
	None Role = iota
	// Public is a viewer on this host whose account the kernel refuses more: what it keeps
	// for a process' owner, such as I/O and open descriptors, is absent too.
	Public
	// Viewer sees the processes without command lines and without paths: no executable,
	// no working directory, no cgroup, no open file.
	Viewer
	// Operator sees everything.
	Operator
	// Controller sees everything, and may act on processes where the configuration permits
	// it. Nobody has this role unless it is given by name.
	Controller
)

var roleNames = []string{None: "none", Public: "viewer", Viewer: "viewer", Operator: "operator", Controller: "controller"}

// SeesAll reports whether the role sees command lines and paths.
func (r Role) SeesAll() bool { return r >= Operator }

// String returns the role's name as it stands in the token file and in the JSON.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return roleNames[None]
}

// ParseRole is the inverse of String for the roles that somebody can be given.
func ParseRole(name string) (Role, error) {
	for _, role := range []Role{Viewer, Operator, Controller} {
		if role.String() == name {
			return role, nil
		}
	}
	return None, fmt.Errorf("unknown role %q: it is viewer, operator or controller", name)
}

package settings

// Role is the least role in the organisation that sees command lines.
type Role string

// The settings of Role. Viewers never see command lines.
const (
	Editor Role = "Editor"
	Admin  Role = "Admin"
	Nobody Role = "never"
)

func (r Role) valid() bool { return r == Editor || r == Admin || r == Nobody }

// Admits says whether a user with the role that Grafana gives may see command lines. Any
// role that is not known, and no user at all, may not.
func (r Role) Admits(role string) bool {
	switch r {
	case Editor:
		return role == "Editor" || role == "Admin"
	case Admin:
		return role == "Admin"
	default:
		return false
	}
}

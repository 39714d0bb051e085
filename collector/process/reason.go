package process

// The reasons under which Snapshot.Errors counts what a scan could not read. A process
// that vanished is none of them.
const (
	// ReasonPermission: the kernel refused (EACCES, EPERM).
	ReasonPermission = "permission"
	// ReasonDeadline: a file of the process took longer than Config.Deadline, or still
	// does since an earlier scan.
	ReasonDeadline = "deadline"
	// ReasonParse: a file holds what its manual page does not say.
	ReasonParse = "parse"
	// ReasonBPF: the pass by BPF failed, and the proc file system was read instead.
	ReasonBPF = "bpf"
	// ReasonExits: accounts of ended processes could not be read; they come with a later
	// scan.
	ReasonExits = "exits"
	// ReasonOther is every other error.
	ReasonOther = "other"
)

// ErrorReasons lists every reason there is.
func ErrorReasons() []string {
	return []string{ReasonPermission, ReasonDeadline, ReasonParse, ReasonBPF, ReasonExits, ReasonOther}
}

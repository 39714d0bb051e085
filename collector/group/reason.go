package group

// OtherReason stands for every reason that is not of the bounded set.
const OtherReason = "other"

// The reasons other than signals: an exit code other than 0, and the kernel's killing for
// lack of memory.
const (
	exitCode = "exit_code"
	oomKill  = "oom_kill"
)

// reasons are the values that AbnormalExits can have for a key: the standard signals
// (signal(7)), exitCode and oomKill.
var reasons = map[string]bool{
	exitCode: true, oomKill: true,
	"SIGHUP": true, "SIGINT": true, "SIGQUIT": true, "SIGILL": true, "SIGTRAP": true, "SIGABRT": true,
	"SIGBUS": true, "SIGFPE": true, "SIGKILL": true, "SIGUSR1": true, "SIGSEGV": true, "SIGUSR2": true,
	"SIGPIPE": true, "SIGALRM": true, "SIGTERM": true, "SIGSTKFLT": true, "SIGCHLD": true, "SIGCONT": true,
	"SIGSTOP": true, "SIGTSTP": true, "SIGTTIN": true, "SIGTTOU": true, "SIGURG": true, "SIGXCPU": true,
	"SIGXFSZ": true, "SIGVTALRM": true, "SIGPROF": true, "SIGWINCH": true, "SIGIO": true, "SIGPWR": true,
	"SIGSYS": true,
}

// boundedReason keeps the label's values few, whatever a reader says.
func boundedReason(reason string) string {
	if reasons[reason] {
		return reason
	}
	return OtherReason
}

package process

// State is what a process is doing, in the words the metrics use.
type State uint8

// The states. Linux' letters are in proc_pid_stat(5), field 3.
const (
	// Other is a state that has no name here.
	Other State = iota
	// Running is on a CPU or ready for one (R).
	Running
	// Sleeping waits and can be interrupted (S), or is an idle kernel thread (I).
	Sleeping
	// Blocked waits and cannot be interrupted, mostly for a disk (D).
	Blocked
	// Stopped was stopped by a signal or a debugger (T, t).
	Stopped
	// Zombie has ended and nobody has waited for it yet (Z).
	Zombie
	// NumStates is how many there are.
	NumStates int = iota
)

var stateNames = [NumStates]string{"other", "running", "sleeping", "blocked", "stopped", "zombie"}

// String returns the state's name as a label value.
func (s State) String() string {
	if int(s) < NumStates {
		return stateNames[s]
	}
	return stateNames[Other]
}

// StateOfLetter maps the kernel's letter (proc_pid_stat(5)) to a State.
func StateOfLetter(letter byte) State {
	switch letter {
	case 'R':
		return Running
	case 'S', 'I':
		return Sleeping
	case 'D':
		return Blocked
	case 'T', 't':
		return Stopped
	case 'Z', 'X', 'x':
		return Zombie
	}
	return Other
}

// ParseState is the inverse of String; ok is false for a name that is no state.
func ParseState(name string) (state State, ok bool) {
	for i, n := range stateNames {
		if n == name {
			return State(i), true
		}
	}
	return Other, false
}

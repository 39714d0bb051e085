package procfile

// Windows has no FIFOs in its directories.
const (
	nonblock  = 0
	directory = 0
)

package stall

import "time"

// DefaultDeadline is far above the tens of microseconds that a file of a healthy process
// takes, so that load alone does not reach it.
const DefaultDeadline = 200 * time.Millisecond

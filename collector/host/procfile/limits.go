package procfile

import "time"

// Longest is the longest time that anything on a host that has been up for so long can have
// taken. The margin is for clocks that are read one after the other, and for kernels that
// count ticks a little too long.
func Longest(uptime time.Duration) time.Duration { return uptime + uptime/8 + time.Minute }

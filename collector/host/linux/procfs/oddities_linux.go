package procfs

import (
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// maxOddities bounds what is logged.
const maxOddities = 64

// Oddities logs what scans cannot parse: each thing once, and not at each scan. Not safe for
// concurrent use.
type Oddities struct {
	logger log.Logger
	logged map[string]bool
}

// NewOddities returns a log in which nothing is written yet.
func NewOddities(logger log.Logger) *Oddities {
	return &Oddities{logger: logger, logged: make(map[string]bool)}
}

// Log tells of what was the first in some failures, if anything was.
func (o *Oddities) Log(first string) {
	if first == "" || o.logged[first] || len(o.logged) >= maxOddities {
		return
	}
	o.logged[first] = true
	_ = level.Warn(o.logger).Log("msg", "a file of the proc file system cannot be parsed; what is derived from it is absent", "what", first)
}

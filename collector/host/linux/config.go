// Package linux reads the process table of Linux, by BPF where that is possible, else from
// the proc file system.
package linux

import (
	"cmp"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/host/stall"
)

// Config is host.Config, which describes its fields.
type Config struct {
	ProcPath           string
	RootPath           string
	Logger             log.Logger
	Deadline           time.Duration
	Reader             string
	Whole              bool
	BPFPin             string
	Exits              string
	ProportionalBudget time.Duration
	SysPath            string
	GPUBudget          time.Duration
	GPUHelper          string
	Network            bool
}

// auto is the value of Reader and Exits that leaves the choice to the reader.
const auto = "auto"

// WithDefaults fills in what was left out.
func (c Config) WithDefaults() Config {
	c.ProcPath = cmp.Or(c.ProcPath, "/proc")
	c.RootPath = cmp.Or(c.RootPath, "/")
	c.SysPath = cmp.Or(c.SysPath, "/sys")
	c.Reader = cmp.Or(c.Reader, auto)
	c.Exits = cmp.Or(c.Exits, auto)
	c.Deadline = cmp.Or(c.Deadline, stall.DefaultDeadline)
	if c.Logger == nil {
		c.Logger = log.NewNopLogger()
	}
	return c
}

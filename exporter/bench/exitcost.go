//go:build linux

package main

import (
	"fmt"
	"time"
)

// exitCost is what the accounting of exits takes in the kernel.
type exitCost struct {
	why     string
	runTime time.Duration
	elapsed time.Duration
}

func beginExitCost([]*witness) *exitCost { return &exitCost{why: "no BPF exit accounting"} }

func (c *exitCost) measure() error { return nil }
func (c *exitCost) end()           {}

func (c *exitCost) target(kind string) target {
	what := fmt.Sprintf("%s: BPF exit accounting, share of one CPU at %d exits a second", kind, churnRate)
	if c.why != "" {
		return notMeasured(what, c.why)
	}
	return atMost(what, float64(c.runTime)/float64(c.elapsed)*100, 0.1, "%.4f %%")
}

package main

import (
	"strings"
	"sync/atomic"

	treeapi "proctree/tree-api"
)

// maxCmdlineLabel bounds the label cmdline, in bytes: a command line can have megabytes,
// and Prometheus keeps every label it was ever given.
const maxCmdlineLabel = 1024

// cmdlines makes labels of command lines, by the privacy rules in force.
type cmdlines struct {
	show atomic.Pointer[func([]string) []string]
}

// set puts privacy rules in force.
func (c *cmdlines) set(p treeapi.Privacy) {
	show := p.Shower()
	c.show.Store(&show)
}

// label returns the command line as the label's value.
func (c *cmdlines) label(args []string) string {
	text := strings.Join((*c.show.Load())(args), " ")
	if len(text) > maxCmdlineLabel {
		text = strings.ToValidUTF8(text[:maxCmdlineLabel], "") + "…"
	}
	return text
}

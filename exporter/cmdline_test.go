package main

import (
	"strings"
	"testing"
	"unicode/utf8"

	treeapi "proctree/tree-api"
)

func TestCmdlineLabel(t *testing.T) {
	var c cmdlines
	c.set(treeapi.Privacy{})
	args := []string{"psql", "--password=hunter2", "--host", "db"}
	got := c.label(args)
	if strings.Contains(got, "hunter2") || !strings.HasPrefix(got, "psql --password=") || !strings.HasSuffix(got, " --host db") {
		t.Errorf("masked: %q", got)
	}
	long := c.label([]string{"echo", strings.Repeat("ä", maxCmdlineLabel)})
	if len(long) > maxCmdlineLabel+len("…") || !utf8.ValidString(long) || !strings.HasSuffix(long, "ä…") {
		t.Errorf("%d bytes, valid %v, ends in %q", len(long), utf8.ValidString(long), long[len(long)-6:])
	}

	c.set(treeapi.Privacy{Redact: treeapi.RedactOff})
	if got := c.label(args); !strings.Contains(got, "hunter2") {
		t.Errorf("with redact: off: %q", got)
	}
	c.set(treeapi.Privacy{Cmdline: treeapi.CmdlineNone})
	if got := c.label(args); got != "" {
		t.Errorf("with cmdline: none: %q", got)
	}
}

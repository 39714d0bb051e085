package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"proctree/collector/events"
	"proctree/collector/group/rules"
	"proctree/collector/host/peer"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
	"proctree/tree-api/past"
)

// configuration is what all the configuration files say. It never changes: a reload puts
// another one in its place, at once for everybody.
type configuration struct {
	*config
	access access.Policy
	// front is what --web.config.file says about who gets through.
	front front
	// controlOn is --api.enable-control.
	controlOn bool
	// eventsOff is --events.source=off.
	eventsOff bool
	// hidden is that the system hides the processes of others from ordinary accounts.
	hidden bool
	// text is that of --config.file.
	text []byte
	// past is what holds for recorded processes.
	past *past.Policy
	// events is what holds for events.
	events *events.Policy
}

// configFiles are the files that a reload reads again.
type configFiles struct {
	settings *settings
	files    *files
	// live reports whether a group exists now; nil if there are none yet.
	live func(group string) bool
}

// load reads the files. Each is accepted or rejected on its own: what is rejected stays as
// it was before, and the error names it, in one line. Without a configuration before, an
// error leaves nothing.
func (f *configFiles) load(before *configuration) (*configuration, error) {
	next := &configuration{config: &config{}}
	if before != nil {
		*next = *before
	}
	var rejected []string
	for _, file := range []struct {
		flag, path string
		read       func(into *configuration, text []byte) error
	}{
		{"config.file", f.settings.configFile, f.settings.readConfig},
		{"api.token-file", f.settings.tokenFile, readTokens},
		{"web.config.file", *f.settings.web.WebConfigFile, f.readFront},
	} {
		if file.path == "" {
			continue
		}
		text, err := f.files.read(file.path)
		if err == nil {
			if err = file.read(next, text); err != nil {
				err = fmt.Errorf("%s: %w", file.path, err)
			}
		}
		if err != nil {
			rejected = append(rejected, fmt.Sprintf("--%s: %v", file.flag, err))
		}
	}
	next.hidden = peer.HidesProcesses(peer.Config{ProcPath: f.settings.procPath})
	next.eventsOff = f.settings.events.source == eventsOff
	if next.controlOn = f.settings.enableControl; next.controlOn {
		next.access.Controllers = next.controllers()
	}
	if before == nil || next.config != before.config || next.readers() != before.readers() {
		shown := next.shown()
		names := rules.NewRenamer(next.rules, &shown)
		names.Live = f.live
		next.past = &past.Policy{Shown: &shown, Rules: next.rules, Names: names}
		next.events = &events.Policy{Shown: &shown, Rules: cmp.Or(next.rules, &rules.Rules{}), Names: names}
	}
	if len(rejected) == 0 {
		return next, nil
	}
	err := errors.New(strings.Join(rejected, "; "))
	if before == nil {
		return nil, err
	}
	return next, err
}

// readConfig keeps what is there if the text is the same: so a reload for another file's
// sake does not decide all groups again.
func (s *settings) readConfig(into *configuration, text []byte) error {
	if into.text != nil && bytes.Equal(text, into.text) {
		return nil
	}
	c, err := parseConfig(text)
	if err != nil {
		return err
	}
	if named := len(c.rules.Named()); named > s.groupMax {
		return fmt.Errorf("%d named groups, but --group.max is %d: raise it, or name fewer", named, s.groupMax)
	}
	into.config, into.text = c, text
	return nil
}

func readTokens(into *configuration, text []byte) (err error) {
	tokens, err := access.ParseTokens(text)
	if err != nil {
		return err
	}
	into.access.Tokens = tokens
	return nil
}

func (f *configFiles) readFront(into *configuration, text []byte) error {
	accepted, err := f.accept(*f.settings.web.WebConfigFile, text)
	if err != nil {
		return err
	}
	if started := into.front.text != nil; started && accepted.usesTLS() != into.front.usesTLS() {
		return errors.New("TLS cannot be switched on or off while the exporter runs: restart it")
	}
	into.front, into.access.FrontRole = accepted, accepted.role()
	into.access.FrontPasswords = len(accepted.Users) > 0
	return nil
}

// warnings are what is odd about the configuration, a line for each.
func (c *configuration) warnings() []string {
	list := c.controlWarnings()
	if c.rules == nil {
		return list
	}
	list = append(slices.Clone(c.rules.Warnings()), list...)
	shown := c.shown()
	for _, part := range []struct {
		rules   string
		hidden  bool
		warning string
	}{
		{c.rules.ShowCmdline(), c.privacy.Cmdline == treeapi.CmdlineNone, "with \"cmdline: none\", names of groups have nothing of command lines"},
		{c.rules.ShowCmdline(), c.privacy.Cmdline != treeapi.CmdlineNone && !shown.Open, "everybody can read /metrics, but only operators may see command lines, so names of groups have nothing of them"},
		{c.rules.ShowCgroup(), !shown.Open, "everybody can read /metrics, but only operators may see control groups, so names of groups have only the last element of their paths"},
		{c.rules.ShowExe(), !shown.Exe, "everybody can read /metrics, but not see the executables of all processes, so names of groups have only the last element of their paths"},
	} {
		if part.rules != "" && part.hidden {
			list = append(list, part.warning+": "+part.rules)
		}
	}
	return list
}

// readers are who can read the metrics.
type readers uint8

const (
	// everybody, as nothing needs a token.
	everybody readers = iota
	// beyondViewers is everybody, although a token decides who may see what in the tree, or the
	// system hides processes from ordinary accounts.
	beyondViewers
	// operators are those whom the server in front lets through.
	operators
)

func (c *configuration) readers() readers {
	switch {
	case c.access.FrontRole.SeesAll():
		return operators
	case c.access.Tokens != nil, c.hidden:
		return beyondViewers
	}
	return everybody
}

// shown is what may be shown of processes.
func (c *configuration) shown() rules.Shown {
	who := c.readers()
	return rules.Shown{Cmdline: c.privacy.Shower(), Open: who != beyondViewers, Exe: who == operators}
}

// Package eventview is what callers may see of events: which ones a request asks for, and their JSON.
package eventview

import (
	"sync"

	"proctree/collector/events"
	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// Texts are command lines as they may be shown. Masking is the expensive part of an answer, and most
// events are alike. Safe for concurrent use.
type Texts struct {
	mu     sync.Mutex
	policy *events.Policy
	known  map[*process.Facts]text
}

// text is the command line of some facts, and whether a part of it is missing.
type text struct {
	args     []string
	cut      bool
	excluded bool
	// group is the name under which the group may be shown.
	group string
}

// maxTexts bounds what is remembered.
const maxTexts = 8192

// of returns what may be shown of an event.
func (t *Texts) of(e *events.Entry, policy *events.Policy) text {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.policy != policy || t.known == nil || len(t.known) >= maxTexts {
		t.policy, t.known = policy, make(map[*process.Facts]text)
	}
	shown, ok := t.known[e.Facts]
	if !ok {
		shown.args, shown.cut = showArgs(e.Facts.Cmdline, policy.Shown)
		t.known[e.Facts] = shown
	}
	s := &rules.Subject{ID: e.ID, Name: e.Name, Kernel: e.Kernel, Facts: e.Facts, Clock: e.ClockOrNone(), Shown: policy.Shown}
	shown.excluded = policy.Rules != nil && policy.Rules.HasExclusions() && e.Name != "" && policy.Rules.Excludes(s)
	shown.group = policy.Names.Group(e.Group, *s)
	shown.cut = shown.cut || e.Cut
	return shown
}

// showArgs masks arguments before they are cut: a mask needs what is around a secret.
func showArgs(args []string, shown *rules.Shown) ([]string, bool) {
	return process.CutArgs(shown.Args(args))
}

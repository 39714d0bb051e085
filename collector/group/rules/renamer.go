package rules

import (
	"slices"
	"sync"

	"proctree/collector/process"
)

// Renamer names the groups of what was recorded: by an earlier configuration, under which names
// may have had what is not to be shown any more. A name stays if it has nothing of a process
// but its name, or if the configuration of now makes it too. Otherwise the process is shown in
// the group that the configuration of now gives it. A nil Renamer leaves all names as they
// are. Safe for concurrent use.
type Renamer struct {
	rules *Rules
	shown *Shown
	// constants are the names that the configuration spells out.
	constants map[string]bool
	// Live reports whether the group exists now; nil is that nobody knows. It is set before the
	// first use.
	Live func(name string) bool

	mu sync.Mutex
	// decided is what the rules of now make of a process, and made has all these names.
	decided map[renamed]string
	made    map[string]bool
}

// renamed is what the group of a process depends on.
type renamed struct {
	process.ID
	name  string
	facts *process.Facts
}

// Overflow is the group of whatever finds no room.
const Overflow = "other"

// maxRenamed bounds what a Renamer remembers.
const maxRenamed = 1 << 15

// NewRenamer returns a Renamer for a configuration. Nil rules have no entries.
func NewRenamer(rules *Rules, shown *Shown) *Renamer {
	if rules == nil {
		rules = &Rules{}
	}
	n := &Renamer{rules: rules, shown: shown, constants: map[string]bool{}, decided: map[renamed]string{}, made: map[string]bool{}}
	for _, g := range rules.rules {
		switch g := g.(type) {
		case *rule:
			n.constants[g.constant] = true
		case *processName:
			n.constants[g.constant] = true
		}
	}
	return n
}

// Group returns the name under which the group of a process may be shown, by the name that was
// recorded. It is empty where the configuration of now cannot tell the group.
func (n *Renamer) Group(recorded string, s Subject) string {
	if n == nil || recorded == "" || n.constants[recorded] || recorded == Overflow || recorded == defaultName(&s) {
		return recorded
	}
	if n.Live != nil && n.Live(recorded) {
		return recorded
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.made[recorded] {
		return recorded
	}
	key := renamed{s.ID, s.Name, s.Facts}
	name, ok := n.decided[key]
	if !ok {
		if len(n.decided) >= maxRenamed {
			clear(n.decided)
			clear(n.made)
		}
		s.Shown = n.shown
		// Without its ancestors, a process that inherits its group is in none.
		name, _ = n.rules.Decide(&s)
		n.decided[key], n.made[name] = name, true
	}
	return name
}

// Groups renames a list of groups, that of each process; it returns the same list if all names
// stay.
func (n *Renamer) Groups(recorded []string, subject func(i int) Subject) []string {
	if n == nil {
		return recorded
	}
	list := n.round(recorded, subject)
	if len(list) > 0 && &list[0] != &recorded[0] {
		// A process may inherit the group of one that comes later.
		list = n.round(recorded, subject)
	}
	return list
}

func (n *Renamer) round(recorded []string, subject func(i int) Subject) []string {
	list := recorded
	for i, name := range recorded {
		if now := n.Group(name, subject(i)); now != name {
			if &list[0] == &recorded[0] {
				list = slices.Clone(recorded)
			}
			list[i] = now
		}
	}
	return list
}

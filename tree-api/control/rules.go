package control

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"proctree/collector/group/rules"
)

// Rules are the section "control" of the configuration file. They never change. The zero
// value allows nothing.
type Rules struct {
	allow []entry
	// signals are those that may be sent; nil is all.
	signals []string
	// users of the server in front who have the role controller.
	users map[string]bool
}

// entry allows the processes that match all its expressions; an expression that is not set
// matches everything.
type entry struct {
	line        int
	group, user *rules.Expression
}

// Users returns the users of the server in front who have the role controller.
func (r *Rules) Users() map[string]bool {
	if r == nil {
		return nil
	}
	return r.users
}

// Signals returns which of the signals of a system may be sent.
func (r *Rules) Signals(of []string) []string {
	if r == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(of), func(name string) bool {
		return r.signals != nil && !slices.Contains(r.signals, name)
	})
}

// Warnings are what is odd about the rules, a line for each.
func (r *Rules) Warnings() (list []string) {
	if r == nil {
		return nil
	}
	if len(r.allow) == 0 {
		list = append(list, "control: without allow no process may be touched; add entries such as {group: web}")
	}
	all := false
	for i, e := range r.allow {
		if e.matchesAll() || allowSamples(e) {
			all = true
			list = append(list, fmt.Sprintf("line %d: control.allow[%d] matches every process; name the groups or users that controllers may touch", e.line, i))
		}
	}
	if !all && allowSamples(r.allow...) {
		list = append(list, "control.allow: its entries together match every process; name the groups or users that controllers may touch")
	}
	return list
}

// sampleGroups and sampleUsers have little in common. Entries that match all of them are taken to
// match everything, which cannot be told of expressions in general. They are as most names are: an
// expression for all usual names must not pass because of a rare one.
var (
	sampleGroups = []string{"a", "Z", "0", "root", "systemd-logind", "x.y_z@1.service", "1000", "-"}
	sampleUsers  = []string{"a", "root", "www-data", "nobody", "systemd-resolve", "_chrony", "user1000"}
)

// allowSamples reports whether entries allow every process of a made-up host.
func allowSamples(entries ...entry) bool {
	for _, group := range sampleGroups {
		for _, user := range sampleUsers {
			s := Subject{Group: group, User: user, Grouped: true}
			if !slices.ContainsFunc(entries, func(e entry) bool { return e.matches(s) }) {
				return false
			}
		}
	}
	return true
}

func (e entry) matchesAll() bool {
	return (e.group == nil || e.group.MatchesAll()) && (e.user == nil || e.user.MatchesAll())
}

func (e entry) matches(s Subject) bool {
	return (e.group == nil || s.Grouped && e.group.MatchString(s.Group)) && (e.user == nil || e.user.MatchString(s.User))
}

// Subject is what the rules look at in a process.
type Subject struct {
	PID         int
	Group, User string
	// Grouped is unset where the group is only the one of processes that found no room among
	// the groups: which processes those are is chance.
	Grouped bool
	// Kernel marks a thread of the kernel.
	Kernel bool
	// Own is this program, Ancestor one of the processes that it descends from.
	Own, Ancestor bool
}

// checkSubject returns a *RefusalError unless the process may be touched.
func (r *Rules) checkSubject(s Subject) *RefusalError {
	deny := func(rule, why string) *RefusalError {
		return &RefusalError{http.StatusForbidden, fmt.Sprintf("%s: process %d %s", rule, s.PID, why)}
	}
	switch {
	case s.PID <= 1:
		return deny("pid 1", "is never touched, because the system depends on it")
	case s.Kernel:
		return deny("kernel", "is a thread of the kernel, which is never touched")
	case s.Own:
		return deny("exporter", "is this exporter, which never touches itself")
	case s.Ancestor:
		return deny("ancestor", "is an ancestor of this exporter, which is never touched")
	case r == nil || len(r.allow) == 0:
		return deny("control.allow", "may not be touched: the configuration allows no process")
	case !slices.ContainsFunc(r.allow, func(e entry) bool { return e.matches(s) }):
		return deny("control.allow", "may not be touched: no entry matches its group and user")
	}
	return nil
}

// checkSignal returns a *RefusalError unless the signal may be sent on this system.
func (r *Rules) checkSignal(name string, known, supported []string) *RefusalError {
	switch {
	case !slices.Contains(known, name):
		return badRequest("signal %q is unknown: use one of %s", name, strings.Join(known, ", "))
	case !slices.Contains(supported, name):
		return badRequest("signal %s does not exist on this system: use one of %s", name, strings.Join(supported, ", "))
	case !slices.Contains(r.Signals(supported), name):
		return &RefusalError{http.StatusForbidden, "control.signals: the configuration does not allow " + name}
	}
	return nil
}

// RefusalError is why nothing was done. Its text begins with the name of the rule.
type RefusalError struct {
	Status int
	Reason string
}

// Error implements error.
func (e *RefusalError) Error() string { return e.Reason }

func badRequest(format string, values ...any) *RefusalError {
	return &RefusalError{http.StatusBadRequest, fmt.Sprintf(format, values...)}
}

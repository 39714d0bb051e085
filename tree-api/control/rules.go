package control

import (
	"fmt"
	"net/http"
	"runtime"
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
func (r *Rules) Warnings() []string { return r.warnings(sampleOf(runtime.GOOS)) }

func (r *Rules) warnings(host sample) (list []string) {
	if r == nil {
		return nil
	}
	if len(r.allow) == 0 {
		list = append(list, "control: without allow no process may be touched; add entries such as {group: web}")
	}
	if r.signals != nil && len(r.signals) == 0 {
		list = append(list, "control.signals: the list is empty, so no signal may be sent; name some, or leave signals out for all")
	}
	all := false
	for i, e := range r.allow {
		if e.matchesAll() || host.allowNearlyAll(e) {
			all = true
			list = append(list, fmt.Sprintf("line %d: control.allow[%d] matches every process, or nearly every one; name the groups or users that controllers may touch", e.line, i))
		}
	}
	if !all && host.allowNearlyAll(r.allow...) {
		list = append(list, "control.allow: its entries together match every process, or nearly every one; name the groups or users that controllers may touch")
	}
	return list
}

// sample has the names of a usual host. What an expression matches cannot be told in general, so entries
// that match most of these names are taken to match nearly everything. Names are of many kinds: with
// hyphens, digits, capitals, dots, or one letter. The first user owns most of the processes: without that
// one, entries do not match nearly everything.
type sample struct{ groups, users []string }

// sampleOf returns the names of a system.
func sampleOf(system string) sample {
	if system == "windows" {
		return sample{
			groups: []string{
				"svchost.exe", "explorer.exe", "System", "services.exe", "lsass.exe", "winlogon.exe", "sqlservr.exe", "w3wp.exe", "MsMpEng.exe", "conhost.exe",
				"RuntimeBroker.exe", "powershell.exe", "java.exe", "dwm.exe", "Registry",
			},
			users: []string{
				`NT AUTHORITY\SYSTEM`, `NT AUTHORITY\LOCAL SERVICE`, `NT AUTHORITY\NETWORK SERVICE`, `Window Manager\DWM-1`, `WEB01\Administrator`, `CORP\ann`,
				`CORP\svc-sql`, `IIS APPPOOL\DefaultAppPool`, `NT SERVICE\MSSQLSERVER`,
			},
		}
	}
	return sample{
		groups: []string{
			"systemd", "systemd-journald", "systemd-logind", "sshd", "cron", "dbus-daemon", "bash", "nginx", "postgres", "java", "python3", "node",
			"redis-server", "containerd", "dockerd", "kubelet", "prometheus", "proctree_exporter", "NetworkManager", "Xorg", "user@1000.service",
			"ssh.service", "a", "1000",
		},
		users: []string{
			"root", "www-data", "nobody", "daemon", "postgres", "mysql", "nginx", "redis", "prometheus", "grafana", "messagebus", "syslog", "sshd",
			"systemd-resolve", "systemd-network", "_chrony", "ubuntu", "ann", "user1000", "1000",
		},
	}
}

// allowNearlyAll reports whether entries allow nearly every process of the host.
func (host sample) allowNearlyAll(entries ...entry) bool {
	allowed := func(user string) bool {
		return most(host.groups, func(group string) bool {
			s := Subject{Group: group, User: user, Grouped: true}
			return slices.ContainsFunc(entries, func(e entry) bool { return e.matches(s) })
		})
	}
	return allowed(host.users[0]) && most(host.users, allowed)
}

// most reports whether something holds of two thirds of the names, which an expression for a few of them
// does not reach.
func most(names []string, holds func(string) bool) bool {
	n := 0
	for _, name := range names {
		if holds(name) {
			n++
		}
	}
	return 3*n >= 2*len(names)
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

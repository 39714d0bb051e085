package eventview

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"proctree/collector/events"
	"proctree/collector/process"
	"proctree/tree-api/past"
	"proctree/tree-api/tree"
)

// Filter says which events a request asks for. The zero value is all of them.
type Filter struct {
	// From and To are the span, both included.
	From, To time.Time
	// Limit is how many events are shown.
	Limit int

	match  string
	kinds  []process.EventKind
	pids   []int
	users  []string
	units  []string
	groups []string
	states []string
	terms  []term

	// charge takes steps of regular expressions from what the caller may use; nil takes none.
	charge func(steps int) error
	steps  int
	err    error
}

// The bounds of a request.
const (
	defaultSpan  = 10 * time.Minute
	defaultLimit = 1000
	maxLimit     = 10000
	maxText      = 256
	maxChoices   = 64
)

// parameter reads the values of one URL parameter.
type parameter struct {
	name    string
	repeats bool
	read    func(f *Filter, value string) error
}

var parameters = []parameter{
	{"from", false, func(f *Filter, v string) error { return readTime(&f.From, v) }},
	{"to", false, func(f *Filter, v string) error { return readTime(&f.To, v) }},
	{"match", false, (*Filter).readMatch},
	{"q", false, (*Filter).readSearch},
	{"kind", true, (*Filter).readKind},
	{"pid", true, (*Filter).readPID},
	{"user", true, func(f *Filter, v string) error { f.users = append(f.users, v); return nil }},
	{"unit", true, func(f *Filter, v string) error { f.units = append(f.units, v); return nil }},
	{"group", true, func(f *Filter, v string) error { f.groups = append(f.groups, v); return nil }},
	{"status", true, (*Filter).readStatus},
	{"limit", false, (*Filter).readLimit},
}

// Parse reads the parameters of a request that is made now. The error is a *tree.BadParameterError.
func Parse(values url.Values, now time.Time) (*Filter, error) {
	f := &Filter{Limit: defaultLimit}
	names := make([]string, len(parameters))
	for i, p := range parameters {
		names[i] = p.name
		given := values[p.name]
		switch {
		case len(given) > 1 && !p.repeats:
			return nil, tree.BadParameter(p.name, fmt.Errorf("given %d times", len(given)))
		case len(given) > maxChoices:
			return nil, tree.BadParameter(p.name, fmt.Errorf("given more than %d times", maxChoices))
		}
		for _, value := range given {
			if utf8.RuneCountInString(value) > maxText {
				return nil, tree.BadParameter(p.name, fmt.Errorf("longer than %d characters", maxText))
			}
			if err := p.read(f, value); err != nil {
				return nil, tree.BadParameter(p.name, err)
			}
		}
	}
	for name := range values {
		if !slices.Contains(names, name) {
			return nil, tree.BadParameter(name, fmt.Errorf("unknown; there are %s", strings.Join(names, ", ")))
		}
	}
	return f, f.setSpan(now)
}

// setSpan fills in the ends of the span that were left out.
func (f *Filter) setSpan(now time.Time) error {
	switch {
	case f.To.IsZero() && f.From.IsZero():
		f.To, f.From = now, now.Add(-defaultSpan)
	case f.To.IsZero():
		f.To = now
	case f.From.IsZero():
		f.From = f.To.Add(-defaultSpan)
	}
	if f.From.After(f.To) {
		return tree.BadParameter("from", fmt.Errorf("%s is after the end of the span, %s",
			f.From.UTC().Format(time.RFC3339), f.To.UTC().Format(time.RFC3339)))
	}
	return nil
}

func readTime(into *time.Time, value string) (err error) {
	*into, err = past.ParseMoment(value)
	return err
}

func (f *Filter) readMatch(value string) error {
	f.match = strings.ToLower(value)
	return nil
}

func (f *Filter) readKind(value string) error {
	kind, ok := process.ParseEventKind(value)
	if !ok {
		return fmt.Errorf("no such kind %q; the kinds are %s", value, strings.Join(process.EventKindNames(), ", "))
	}
	f.kinds = append(f.kinds, kind)
	return nil
}

func (f *Filter) readPID(value string) error {
	pid, err := strconv.ParseInt(value, 10, 32)
	if err != nil || pid < 1 {
		return fmt.Errorf("must be a whole number from 1 up, not %q", value)
	}
	f.pids = append(f.pids, int(pid))
	return nil
}

// Sets of states.
const (
	// abnormal is each end but that with exit code 0, signal each end by a signal.
	abnormal = "abnormal"
	signal   = "signal"
	exitCode = "exit_code"
)

// readStatus reads how a process ended: an exit code, a signal, or a set of these.
func (f *Filter) readStatus(value string) error {
	code, err := strconv.ParseUint(value, 10, 8)
	number := err == nil && strconv.FormatUint(code, 10) == value
	known := number || strings.HasPrefix(value, "SIG") ||
		slices.Contains([]string{normal, abnormal, signal, exitCode, process.OOMKilled}, value)
	if !known {
		return fmt.Errorf("must be an exit code from 0 to 255, a signal such as SIGSEGV, %s, %s, %s, %s or %s, not %q",
			normal, abnormal, exitCode, signal, process.OOMKilled, value)
	}
	f.states = append(f.states, value)
	return nil
}

func (f *Filter) readLimit(value string) error {
	limit, err := strconv.Atoi(value)
	if err != nil || limit < 1 || limit > maxLimit {
		return fmt.Errorf("must be a whole number from 1 to %d, not %q", maxLimit, value)
	}
	f.Limit = limit
	return nil
}

// Matches reports whether a viewer may see an event and the filter lets it through. What is searched is
// what the viewer may see.
func (f *Filter) Matches(v *Viewer, e *events.Entry) bool {
	if e.Time.Before(f.From) || e.Time.After(f.To) || !f.hasKind(&e.Event) {
		return false
	}
	if e.Kind == process.EventLost || e.Summed() {
		return true // Any of these may have been one that is asked for.
	}
	if len(f.pids) > 0 && !slices.Contains(f.pids, e.ID.PID) ||
		!allows(f.users, e.Facts.User) || !allows(f.units, e.Facts.Unit) || !f.hasState(e) {
		return false
	}
	text := v.Texts.of(e, v.Policy)
	return !text.excluded && allows(f.groups, text.group) && (f.match == "" || f.isFound(v, e, &text)) &&
		f.passes(subject{e, &text, v.Role.SeesAll()})
}

func allows(list []string, value string) bool { return len(list) == 0 || slices.Contains(list, value) }

// hasKind lets a loss through where what was lost is asked for.
func (f *Filter) hasKind(e *process.Event) bool {
	return len(f.kinds) == 0 || slices.Contains(f.kinds, e.Kind) || e.Kind == process.EventLost && slices.Contains(f.kinds, e.Lost)
}

func (f *Filter) hasState(e *events.Entry) bool {
	if len(f.states) == 0 {
		return true
	}
	reason := reasonOf(e)
	if reason == "" || e.Kind != process.EventExit && e.Kind != process.EventOOMKill {
		return false
	}
	return slices.ContainsFunc(f.states, func(state string) bool {
		switch state {
		case reason:
			return true
		case abnormal:
			return reason != normal
		case signal:
			return strings.HasPrefix(reason, "SIG")
		case "0":
			return reason == normal
		}
		return e.Code != 0 && state == strconv.Itoa(e.Code)
	})
}

// isFound looks for the text wherever the search of the page does.
func (f *Filter) isFound(v *Viewer, e *events.Entry, text *text) bool {
	for _, field := range []string{e.Name, text.group, e.Facts.User, e.Facts.Unit, e.Facts.Container, e.Facts.PodUID, e.ParentName, strconv.Itoa(e.ID.PID)} {
		if strings.Contains(strings.ToLower(field), f.match) {
			return true
		}
	}
	if a := e.Attempt; a != nil && v.Role.SeesAll() && strings.Contains(strings.ToLower(a.Who), f.match) {
		return true
	}
	return v.Role.SeesAll() &&
		(strings.Contains(strings.ToLower(e.Facts.Exe), f.match) || strings.Contains(strings.ToLower(strings.Join(text.args, " ")), f.match))
}

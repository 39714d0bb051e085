package control

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"proctree/collector/host/control"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/rest"
)

// attempt is one request on its way.
type attempt struct {
	*Control
	// event is what is known of the request so far.
	event Event
	// recorded tells Observe that the request was recorded.
	recorded *bool
}

// recordFailure records a request that did nothing, unless its targets were recorded already.
func (a *attempt) recordFailure(f *rest.CallError) {
	e := a.event
	e.Result, e.Reason = resultOf(f.Status), f.Error()
	if e.Result == resultFailed {
		a.logFailed(f)
	}
	a.record(e)
}

// record writes an event; the request is then known to be recorded.
func (a *attempt) record(e Event) {
	*a.recorded = true
	a.recorder.record(e)
}

// run checks one thing after the other, who calls before anything else, and acts when nothing
// is left to check.
func (a *attempt) run(w http.ResponseWriter, r *http.Request, signals bool) (*answer, error) {
	if r.Method != http.MethodPost {
		return nil, rest.WrongMethod(r, "POST")
	}
	if err := checkHeaders(r.Header); err != nil {
		return nil, err
	}
	grant, err := a.authorize(r)
	if err != nil {
		return nil, err
	}
	if wait := a.limiter.take(grant.Caller, a.event.Time); wait > 0 {
		return nil, slowDown(wait)
	}
	if err := a.checkCSRF(r, grant); err != nil {
		return nil, err
	}
	o, err := readOrder(w, r, signals)
	if o.action != (action{}) {
		a.event.Action, a.event.Nice = o.label(), o.nice
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.cfg.Timeout)
	defer cancel()
	report, err := a.cfg.Report(ctx)
	if err != nil {
		return nil, err
	}
	// The body or the report may have taken a while: the token may be withdrawn, the
	// configuration another one.
	if !a.cfg.Access.Holds(grant) {
		return nil, &RefusalError{http.StatusForbidden, "role: the role was withdrawn while the request was on its way"}
	}
	rules := a.cfg.Rules()
	if signals {
		if refusal := rules.checkSignal(o.signal, control.AllSignals(), a.cfg.Signals); refusal != nil {
			return nil, refusal
		}
	}
	table, err := newTable(report, a.cfg.OwnPID)
	if err != nil {
		return nil, err
	}
	plan, err := a.plan(table, rules, o)
	if err != nil {
		return nil, err
	}
	return a.carryOut(plan, o)
}

// checkCSRF wants proof that the page made the request, where a browser sends the secret by
// itself.
func (a *attempt) checkCSRF(r *http.Request, grant access.Grant) error {
	if !grant.SentByBrowser() || a.csrf.spend(r.Header.Get(csrfHeader), grant.Subject(), r.Host, time.Now()) {
		return nil
	}
	return &RefusalError{http.StatusForbidden, fmt.Sprintf("csrf: send the header %s with a new csrf_token of GET /api/v1/control; each one holds once, for 10 minutes", csrfHeader)}
}

// target is a process that is to be touched, or was.
type target struct {
	id          process.ID
	name, group string
	// problem is why it is not touched; nil if it is.
	problem error
}

// plan is what a request comes to.
type plan struct {
	targets []target
	unseen  []process.ID
}

// plan looks up the targets, the process itself first, then its descendants, parents before
// children. If the rules refuse one of them, none is touched.
func (a *attempt) plan(t *table, rules *Rules, o order) (*plan, error) {
	root, subject, refusal := t.find(o.target)
	if refusal != nil {
		return nil, refusal
	}
	a.event.Name, a.event.Group = root.Name, subject.Group
	if refusal := rules.checkSubject(subject); refusal != nil {
		return nil, refusal
	}
	p := &plan{targets: []target{{id: root.ID, name: root.Name, group: subject.Group}}}
	if !o.descendants {
		return p, nil
	}
	seen := map[process.ID]bool{root.ID: true}
	for _, id := range sorted(o.seen) {
		if seen[id] {
			continue
		}
		seen[id] = true
		next, err := planDescendant(t, rules, root.ID, id)
		if err != nil {
			return nil, err
		}
		p.targets = append(p.targets, next)
	}
	p.unseen = t.unseen(root.ID, seen)
	return p, nil
}

// sorted puts parents before their children: a parent starts first (process.ID.CanParent).
func sorted(ids []process.ID) []process.ID {
	return slices.SortedFunc(slices.Values(ids), func(a, b process.ID) int {
		return cmp.Or(cmp.Compare(a.StartTicks, b.StartTicks), a.PID-b.PID)
	})
}

func planDescendant(t *table, rules *Rules, root, id process.ID) (target, error) {
	process, subject, refusal := t.find(id)
	if refusal != nil {
		return target{id: id, problem: refusal}, nil //nolint:nilerr // The refusal of one descendant is part of the answer.
	}
	next := target{id: id, name: process.Name, group: subject.Group}
	if !t.descends(process, root) {
		next.problem = &RefusalError{http.StatusConflict, fmt.Sprintf("process %s does not descend from %s", id, root)}
		return next, nil
	}
	if refusal := rules.checkSubject(subject); refusal != nil {
		return next, refusal
	}
	return next, nil
}

// answer is the data of a request that was carried out.
type answer struct {
	Action    string   `json:"action"`
	Nice      *int     `json:"nice,omitempty"`
	Processes []result `json:"processes"`
	// Unseen are descendants that were not in the request, and were not touched.
	Unseen []string `json:"unseen,omitempty"`
}

// result is what was done to one process.
type result struct {
	ID     string `json:"id"`
	PID    int    `json:"pid"`
	Name   string `json:"name,omitempty"`
	Result string `json:"result"`
	Error  string `json:"error,omitempty"`
}

// carryOut acts on each target and records it. If nothing was done, the error is that of the
// process itself.
func (a *attempt) carryOut(p *plan, o order) (*answer, error) {
	out := &answer{Action: o.label(), Nice: o.nice}
	done := false
	for i := range p.targets {
		t := &p.targets[i]
		if t.problem == nil {
			t.problem = a.explain(a.act(t.id, o.action), o.action)
		}
		done = done || t.problem == nil
	}
	if !done {
		// The others are recorded here, the process itself with the answer.
		a.recordTargets(p.targets[1:], out)
		return nil, p.targets[0].problem
	}
	a.recordTargets(p.targets, out)
	for _, id := range p.unseen {
		out.Unseen = append(out.Unseen, id.String())
	}
	return out, nil
}

func (a *attempt) act(id process.ID, what action) error {
	if what.nice != nil {
		return a.cfg.Actor.Renice(id, *what.nice)
	}
	return a.cfg.Actor.Signal(id, what.signal)
}

// recordTargets records what became of each target, and adds it to the answer.
func (a *attempt) recordTargets(targets []target, out *answer) {
	for _, t := range targets {
		e := a.event
		e.Target, e.Name, e.Group = t.id.String(), t.name, t.group
		e.Result = ResultDone
		if t.problem != nil {
			e.Result, e.Reason = resultOf(failureOf(t.problem).Status), t.problem.Error()
		}
		a.record(e)
		out.Processes = append(out.Processes, result{ID: e.Target, PID: t.id.PID, Name: t.name, Result: e.Result, Error: e.Reason})
	}
}

// explain makes a *RefusalError of an error of the Actor.
func (a *attempt) explain(err error, what action) error {
	right := "CAP_KILL"
	if what.nice != nil {
		right = "CAP_SYS_NICE"
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, process.ErrNoProcess):
		return &RefusalError{http.StatusNotFound, err.Error()}
	case errors.Is(err, control.ErrReused):
		return &RefusalError{http.StatusConflict, err.Error()}
	case errors.Is(err, control.ErrNotPermitted):
		return &RefusalError{http.StatusForbidden, fmt.Sprintf("rights: %v to the account of the exporter; on Linux it needs %s", err, right)}
	}
	return &RefusalError{http.StatusInternalServerError, err.Error()}
}

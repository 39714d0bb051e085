package control

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/group"
	"proctree/collector/host/control"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/rest"
)

// Actor acts on processes. Each call acts on exactly the process with this ID, or returns
// process.ErrNoProcess, control.ErrReused or control.ErrNotPermitted.
type Actor interface {
	Signal(id process.ID, name string) error
	Renice(id process.ID, nice int) error
}

// Config sets up a Control.
type Config struct {
	// Actor acts on processes; nil switches everything off: then each attempt is refused.
	Actor Actor
	// Signals are those that the Actor has.
	Signals []string
	// Rules returns what the configuration allows now: it is asked at each request, so that a
	// reload takes effect at once.
	Rules func() *Rules
	// Access decides who calls.
	Access *access.Control
	// Report returns a report by which attempts are judged. It should be made after the call.
	Report func(context.Context) (*group.Report, error)
	// OwnPID is the PID of this program.
	OwnPID int
	// HostName is what this host calls itself.
	HostName string
	// Logger gets a line for each attempt.
	Logger log.Logger
	// Sinks get an event for each attempt.
	Sinks []Sink
	// Timeout is how long a request may take.
	Timeout time.Duration
}

// Control answers the requests that act on processes. Safe for concurrent use.
type Control struct {
	cfg      Config
	limiter  *limiter
	csrf     *csrf
	recorder *recorder
}

// New returns a Control.
func New(cfg Config) *Control {
	if cfg.Logger == nil {
		cfg.Logger = log.NewNopLogger()
	}
	return &Control{
		cfg:      cfg,
		limiter:  newLimiter(),
		csrf:     newCSRF(),
		recorder: newRecorder(cfg.Logger, cfg.Sinks),
	}
}

// Close writes what is still to be written about attempts.
func (c *Control) Close() { c.recorder.flush() }

// Enabled reports whether anything can be done at all.
func (c *Control) Enabled() bool { return c.cfg.Actor != nil }

// actionPaths are the addresses of the calls that act, and the action of each as far as the address
// names it.
func actionPaths() map[string]string {
	return map[string]string{
		actionPrefix + "{id}/signal":   actionSignal,
		actionPrefix + "{id}/priority": actionPriority,
	}
}

const actionPrefix = "/api/v1/processes/"

// Handlers returns what answers each address.
func (c *Control) Handlers() map[string]http.Handler {
	handlers := map[string]http.Handler{"/api/v1/control": rest.ReadOnly(http.HandlerFunc(c.getControl))}
	for path, action := range actionPaths() {
		handlers[path] = c.postOnly(action)
	}
	return handlers
}

// getControl answers GET /api/v1/control: what this caller can do, and the token for doing it.
func (c *Control) getControl(w http.ResponseWriter, r *http.Request) {
	grant, err := c.authorize(r)
	if err != nil {
		rest.WriteFailure(w, failureOf(err))
		return
	}
	answer := map[string]any{
		"signals": c.cfg.Rules().Signals(c.cfg.Signals),
		"nice":    map[string]int{"least": control.LeastNice, "most": control.MostNice},
	}
	if grant.SentByBrowser() {
		answer["csrf_token"] = c.csrf.issue(grant.Subject(), r.Host, time.Now())
	}
	writeSuccess(w, http.StatusOK, answer)
}

// errOff is the answer without --api.enable-control.
var errOff = &RefusalError{http.StatusForbidden, "off: this exporter does not act on processes; start it with --api.enable-control to allow it"}

// authorize returns the grant of a controller. The grant is also returned with an error, as
// far as it is known.
func (c *Control) authorize(r *http.Request) (access.Grant, error) {
	if !c.Enabled() {
		return access.Grant{}, errOff
	}
	return c.cfg.Access.AuthorizeChange(r, c.cfg.HostName)
}

// postOnly answers one of the two calls. Every request is an attempt, whatever its method.
func (c *Control) postOnly(action string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.limitBody(w)
		attempt := &attempt{Control: c, event: c.eventOf(r, action, r.PathValue("id"))}
		attempt.recorded, _ = recordedOf(r)
		caller := c.cfg.Access.Identify(r)
		attempt.event.Who, attempt.event.caller = caller.Who(), caller.Caller
		answer, err := attempt.run(w, r, action == actionSignal)
		if err != nil {
			f := failureOf(err)
			attempt.recordFailure(f)
			rest.WriteFailure(w, f)
			return
		}
		writeSuccess(w, http.StatusAccepted, answer)
	})
}

// eventOf returns what the address of a request tells.
func (c *Control) eventOf(r *http.Request, action, id string) Event {
	e := Event{Time: time.Now(), From: r.RemoteAddr, Action: action}
	if id, err := process.ParseID(id); err == nil {
		e.Target = id.String()
	}
	return e
}

// limitBody keeps a slow sender from holding the connection. A writer without deadlines, as in a
// test, has none to set.
func (c *Control) limitBody(w http.ResponseWriter) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(c.cfg.Timeout))
}

// failureOf finds what to tell about an error.
func failureOf(err error) *rest.CallError {
	refusal, ok := err.(*RefusalError) //nolint:errorlint // A refusal is made here and never wrapped.
	if !ok {
		return rest.FailureOf(err)
	}
	f := &rest.CallError{Status: refusal.Status, Kind: rest.ErrorBadData, Err: refusal}
	switch refusal.Status {
	case http.StatusForbidden:
		f.Kind = rest.ErrorForbidden
	case http.StatusNotFound:
		f.Kind = rest.ErrorNotFound
	case http.StatusConflict:
		f.Kind = rest.ErrorConflict
	case http.StatusInternalServerError:
		f.Kind = rest.ErrorInternal
	}
	return f
}

// slowDown is the answer to too many requests.
func slowDown(wait time.Duration) *rest.CallError {
	return &rest.CallError{
		Status:  http.StatusTooManyRequests,
		Kind:    rest.ErrorTooMany,
		Headers: map[string]string{"Retry-After": strconv.Itoa(int(wait.Seconds()))},
		Err:     &RefusalError{http.StatusTooManyRequests, "rate: too many requests of this caller; try again in " + wait.String()},
	}
}

// writeSuccess sends data in Prometheus' envelope.
func writeSuccess(w http.ResponseWriter, status int, data any) {
	text, err := json.Marshal(map[string]any{"status": "success", "data": data})
	if err != nil {
		rest.WriteFailure(w, &rest.CallError{Status: http.StatusInternalServerError, Kind: rest.ErrorInternal, Err: err})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}

// logFailed notes what went wrong in the exporter itself.
func (c *Control) logFailed(err error) {
	level.Error(c.cfg.Logger).Log("msg", "acting on a process failed", "err", err)
}

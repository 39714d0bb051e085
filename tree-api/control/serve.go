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
		recorder: &recorder{logger: cfg.Logger, sinks: cfg.Sinks, counts: map[[2]string]uint64{}},
	}
}

// Enabled reports whether anything can be done at all.
func (c *Control) Enabled() bool { return c.cfg.Actor != nil }

// Handlers returns what answers each address.
func (c *Control) Handlers() map[string]http.Handler {
	return map[string]http.Handler{
		"/api/v1/control":                 rest.ReadOnly(http.HandlerFunc(c.getControl)),
		"/api/v1/processes/{id}/signal":   c.postOnly(true),
		"/api/v1/processes/{id}/priority": c.postOnly(false),
	}
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

// postOnly answers one of the two calls; signals tells which.
func (c *Control) postOnly(signals bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			rest.WriteFailure(w, rest.WrongMethod(r, "POST"))
			return
		}
		c.limitBody(w)
		attempt := &attempt{Control: c, event: Event{Time: time.Now(), From: r.RemoteAddr, Action: actionUnknown}}
		if id, err := process.ParseID(r.PathValue("id")); err == nil {
			attempt.event.Target = id.String()
		}
		if !signals {
			attempt.event.Action = actionPriority
		}
		answer, err := attempt.run(w, r, signals)
		if err != nil {
			f := failureOf(err)
			attempt.recordFailure(f)
			rest.WriteFailure(w, f)
			return
		}
		writeSuccess(w, http.StatusAccepted, answer)
	})
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

// Package rest answers the calls that read the process table once.
package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/events"
	"proctree/collector/host"
	"proctree/tree-api/access"
	"proctree/tree-api/alerts"
	"proctree/tree-api/eventview"
	"proctree/tree-api/exits"
	"proctree/tree-api/past"
	"proctree/tree-api/share"
	"proctree/tree-api/tree"
)

// Config sets up the calls.
type Config struct {
	Models *tree.Models
	// Detailer reads one process in full; nil leaves the detail out.
	Detailer host.Detailer
	// Past answers for what is recorded; nil is nothing.
	Past *past.Past
	// Exits are the ends of the last minutes; nil is none.
	Exits *exits.Journal
	// Events are what happened to processes lately; nil where they are switched off.
	Events *events.Log
	// Host names the host.
	Host HostInfo
	// Version is the exporter's own.
	Version string
	// Logger gets one line for each failure that is not the caller's.
	Logger log.Logger
	// Access decides who may see what.
	Access *access.Control
	// Alerts tells which alerts are firing; nil is none.
	Alerts *alerts.Source
	// GrafanaURL is where the page links to for history; "" is nowhere.
	GrafanaURL string
	// Control is that controllers may act on processes: the page then offers it to them.
	Control bool
	// RequestTimeout is how long a request may take.
	RequestTimeout time.Duration
	// Limiter is for the requests that are answered at once; further ones get 503.
	Limiter *share.Limiter
	// Work is what callers may use for regular expressions.
	Work *share.Work
}

// Calls answers the calls that read the process table once.
type Calls struct {
	cfg Config
	// started tells the entity tags of two runs apart.
	started string
	// edition counts the configurations.
	edition atomic.Uint64
	// buffers keeps the *[]byte of answers for the next ones.
	buffers sync.Pool
	// eventTexts are the command lines of events.
	eventTexts eventview.Texts
	// panicked has the places in the code whose first panic was logged.
	panicked sync.Map
}

// New returns the calls.
func New(cfg Config) *Calls {
	return &Calls{
		cfg:     cfg,
		started: strconv.FormatInt(time.Now().UnixNano(), 36),
	}
}

// Handlers returns what answers each address.
func (c *Calls) Handlers() map[string]http.Handler {
	handlers := make(map[string]http.Handler)
	for path, call := range map[string]call{
		"/api/v1/host":            c.getHost,
		"/api/v1/processes":       c.getProcesses,
		"/api/v1/processes/{pid}": c.getProcess,
		"/api/v1/tree":            c.getTree,
		"/api/v1/groups":          c.getGroups,
		"/api/v1/exits":           c.getExits,
		"/api/v1/alerts":          c.getAlerts,
		"/api/v1/events":          c.getEvents,
		"/api/v1/history":         c.getHistory,
		"/api/v1/top":             c.getTop,
		"/api/v1/diff":            c.getDiff,
		"/api/v1/report":          c.getReport,

		"/api/v1/processes/{id}/history": c.getTrack,
	} {
		handlers[path] = c.Recovered(ReadOnly(c.guarded(call)))
	}
	return handlers
}

// answer is a success. Its body is made only if the caller does not have it already.
type answer struct {
	// tag tells two answers at one address apart: the rest of the entity tag is added.
	tag string
	// immutable is that the tag names these very bytes.
	immutable bool
	// page is a document of its own instead of JSON; the tag and data hold for it too.
	page *page
	// data appends the data. It calls pass between the parts of what may be large.
	data func(dst []byte, pass tree.Pass) []byte
}

// page is how to send a document that is not JSON. One with a file name is saved by a browser, not
// shown (RFC 6266).
type page struct{ contentType, policy, fileName string }

// setHeaders says what the body is.
func (p *page) setHeaders(h http.Header) {
	h.Set("Content-Type", p.contentType)
	h.Set("Content-Security-Policy", p.policy)
	if p.fileName != "" {
		h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", p.fileName))
	}
}

// call answers one request of a caller.
type call func(r *http.Request, who access.Grant) (answer, error)

// ReadOnly lets GET and HEAD through.
func ReadOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		WriteFailure(w, WrongMethod(r, "GET, HEAD"))
	})
}

// guarded asks who calls before anything else is done for him.
func (c *Calls) guarded(next call) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := c.cfg.Access.Authorize(r)
		if err != nil {
			WriteFailure(w, FailureOf(err))
			return
		}
		release, ok := c.cfg.Limiter.Take(grant.Caller)
		if !ok {
			WriteFailure(w, &CallError{
				Status:  http.StatusServiceUnavailable,
				Kind:    ErrorUnavailable,
				Headers: map[string]string{"Retry-After": "1"},
				Err:     fmt.Errorf("more than %d requests at once, or more than your share of them", c.cfg.Limiter.Most()),
			})
			return
		}
		defer release()
		c.serve(w, r, func(r *http.Request) (answer, error) { return next(r, grant) })
	})
}

// serve makes one answer within the bounds of the configuration.
func (c *Calls) serve(w http.ResponseWriter, r *http.Request, next func(*http.Request) (answer, error)) {
	ctx, cancel := context.WithTimeout(r.Context(), c.cfg.RequestTimeout)
	defer cancel()
	got, err := c.make(func() (answer, error) { return next(r.WithContext(ctx)) })
	if err != nil {
		f := FailureOf(err)
		if f.Status >= http.StatusInternalServerError && r.Context().Err() == nil {
			level.Error(c.cfg.Logger).Log("msg", "request failed", "path", r.URL.Path, "err", err)
		}
		WriteFailure(w, f)
		return
	}
	c.write(w, r, got)
}

// make makes an answer, and makes it again if meanwhile another configuration came.
func (c *Calls) make(next func() (answer, error)) (got answer, err error) {
	for {
		edition := c.edition.Load()
		if got, err = next(); err != nil || c.edition.Load() == edition {
			return got, err
		}
	}
}

// Refresh tells that another configuration holds: answers under way are made again.
func (c *Calls) Refresh() { c.edition.Add(1) }

// entityTag is weak, as an answer may travel compressed. That of an immutable answer is strong, and
// another one where the caller takes compressed bytes (RFC 9110, section 8.8.3.3).
func (c *Calls) entityTag(r *http.Request, got *answer) string {
	switch {
	case !got.immutable:
		return fmt.Sprintf(`W/"%s-%s"`, c.started, got.tag)
	case strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
		return fmt.Sprintf(`"%s-%s-gzip"`, c.started, got.tag)
	}
	return fmt.Sprintf(`"%s-%s"`, c.started, got.tag)
}

// write sends an answer, or 304 if the caller has it (RFC 9110, section 13.1.2). For HEAD net/http
// drops the body.
func (c *Calls) write(w http.ResponseWriter, r *http.Request, got answer) {
	h := w.Header()
	tag := c.entityTag(r, &got)
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-store")
	if MatchesTag(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json")
	body := func(dst []byte, pass tree.Pass) []byte {
		return appendSuccess(dst, func(dst []byte) []byte { return got.data(dst, pass) })
	}
	if got.page != nil {
		got.page.setHeaders(h)
		body = got.data
	}
	// A reader that does not read must not hold the request for ever. A writer without
	// deadlines, as in a test, has none to set.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(c.cfg.RequestTimeout))
	buffer := c.buffer()
	out := &output{to: w}
	defer c.abort(out, r)
	*buffer = body((*buffer)[:0], out.pass)
	w.Write(*buffer)
	c.buffers.Put(buffer)
}

// output takes a body in pieces: the tree of a large host has many megabytes, which
// nobody needs at once.
type output struct {
	to http.ResponseWriter
	// begun: a part is on its way, so the answer can no longer become another one.
	begun bool
}

// pieceBytes is about the size of a piece; no part between two passes is much larger.
const pieceBytes = 64 << 10

// pass sends what there is once it is enough, and returns what is still to be sent. A
// reader that went away is found out by net/http.
func (o *output) pass(dst []byte) []byte {
	if len(dst) < pieceBytes {
		return dst
	}
	o.begun = true
	o.to.Write(dst)
	return dst[:0]
}

// abort breaks the connection after a panic in the middle of a body, which would else look
// whole.
func (c *Calls) abort(out *output, r *http.Request) {
	if !out.begun {
		return
	}
	if cause := recover(); cause != nil {
		c.logPanic(r, cause)
		panic(http.ErrAbortHandler)
	}
}

// buffer returns one of an earlier answer, or a new one.
func (c *Calls) buffer() *[]byte {
	if buffer, ok := c.buffers.Get().(*[]byte); ok {
		return buffer
	}
	return new(make([]byte, 0, 2*pieceBytes))
}

// MatchesTag compares weakly, as If-None-Match does (RFC 9110, section 8.8.3.2).
func MatchesTag(headers []string, tag string) bool {
	tag = strings.TrimPrefix(tag, "W/")
	for _, header := range headers {
		for candidate := range strings.SplitSeq(header, ",") {
			candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
			if candidate == "*" || candidate == tag {
				return true
			}
		}
	}
	return false
}

// Recovered turns a panic into an answer: the stack goes to the log alone.
func (c *Calls) Recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				c.logPanic(r, cause)
				WriteFailure(w, &CallError{
					Status: http.StatusInternalServerError, Kind: ErrorInternal,
					Err: errors.New("the request failed; the exporter's log says why"),
				})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// logPanic logs the stack of the first panic at each place in the code. Anybody who finds a request that
// panics could otherwise fill the log.
func (c *Calls) logPanic(r *http.Request, cause any) {
	if _, logged := c.panicked.LoadOrStore(panicPlace(), true); logged {
		level.Debug(c.cfg.Logger).Log("msg", "request panicked again", "path", r.URL.Path, "cause", cause)
		return
	}
	level.Error(c.cfg.Logger).Log("msg", "request panicked; further panics at the same place are logged with --log.level=debug only",
		"path", r.URL.Path, "cause", cause, "stack", string(debug.Stack()))
}

// panicDepth bounds the frames among which the place of a panic is looked for.
const panicDepth = 64

// panicPlace returns where the panic that is being recovered from happened: the first function outside
// the runtime below the call of panic.
func panicPlace() string {
	pcs := make([]uintptr, panicDepth)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for panicking := false; ; {
		frame, more := frames.Next()
		if panicking && !strings.HasPrefix(frame.Function, "runtime.") {
			return frame.File + ":" + strconv.Itoa(frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return ""
		}
	}
}

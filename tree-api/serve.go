package treeapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-kit/log/level"

	"proctree/tree-api/access"
)

// answer is a success. Its body is made only if the caller does not have it already.
type answer struct {
	// tag tells two answers at one address apart: the rest of the entity tag is added.
	tag string
	// data appends the data. It calls pass between the parts of what may be large.
	data func(dst []byte, pass pass) []byte
}

// pass may send what there is of an answer and returns what is left of it.
type pass func(dst []byte) []byte

// call answers one request of a caller with the role.
type call func(r *http.Request, role access.Role) (answer, error)

// readOnly lets GET and HEAD through.
func readOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		writeFailure(w, wrongMethod(r, "GET, HEAD"))
	})
}

// guarded asks who calls before anything else is done for him.
func (a *API) guarded(next call) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := a.cfg.Access.Authorize(r)
		if err != nil {
			writeFailure(w, failureOf(err))
			return
		}
		a.serve(w, r, func(r *http.Request) (answer, error) { return next(r, grant.Role) })
	})
}

// serve makes one answer within the bounds of the configuration.
func (a *API) serve(w http.ResponseWriter, r *http.Request, next func(*http.Request) (answer, error)) {
	select {
	case a.slots <- struct{}{}:
		defer func() { <-a.slots }()
	default:
		writeFailure(w, &failure{
			status:  http.StatusServiceUnavailable,
			kind:    errorUnavailable,
			headers: map[string]string{"Retry-After": "1"},
			err:     fmt.Errorf("more than %d requests at once", a.cfg.Limits.MaxRequests),
		})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), a.cfg.Limits.RequestTimeout)
	defer cancel()
	got, err := next(r.WithContext(ctx))
	if err != nil {
		f := failureOf(err)
		if f.status >= http.StatusInternalServerError && r.Context().Err() == nil {
			level.Error(a.cfg.Logger).Log("msg", "request failed", "path", r.URL.Path, "err", err)
		}
		writeFailure(w, f)
		return
	}
	a.write(w, r, got)
}

// write sends an answer, or 304 if the caller has it (RFC 9110, section 13.1.2). The tag
// is weak as the answer may travel compressed. For HEAD net/http drops the body.
func (a *API) write(w http.ResponseWriter, r *http.Request, got answer) {
	h := w.Header()
	tag := fmt.Sprintf(`W/"%s-%s"`, a.started, got.tag)
	h.Set("ETag", tag)
	h.Set("Cache-Control", "no-store")
	if matchesTag(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "application/json")
	// A reader that does not read must not hold the request for ever. A writer without
	// deadlines, as in a test, has none to set.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(a.cfg.Limits.RequestTimeout))
	buffer := a.buffer()
	out := &output{to: w}
	defer a.abort(out, r)
	*buffer = appendSuccess((*buffer)[:0], func(dst []byte) []byte { return got.data(dst, out.pass) })
	w.Write(*buffer)
	a.buffers.Put(buffer)
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
func (a *API) abort(out *output, r *http.Request) {
	if !out.begun {
		return
	}
	if cause := recover(); cause != nil {
		a.logPanic(r, cause)
		panic(http.ErrAbortHandler)
	}
}

// buffer returns one of an earlier answer, or a new one.
func (a *API) buffer() *[]byte {
	if buffer, ok := a.buffers.Get().(*[]byte); ok {
		return buffer
	}
	return new(make([]byte, 0, 2*pieceBytes))
}

// matchesTag compares weakly, as If-None-Match does (RFC 9110, section 8.8.3.2).
func matchesTag(headers []string, tag string) bool {
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

// recovered turns a panic into an answer: the stack goes to the log alone.
func (a *API) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			switch cause := recover(); cause {
			case nil:
			case http.ErrAbortHandler:
				panic(cause)
			default:
				a.logPanic(r, cause)
				writeFailure(w, &failure{
					status: http.StatusInternalServerError, kind: errorInternal,
					err: errors.New("the request failed; the exporter's log says why"),
				})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (a *API) logPanic(r *http.Request, cause any) {
	level.Error(a.cfg.Logger).Log("msg", "request panicked", "path", r.URL.Path,
		"cause", cause, "stack", string(debug.Stack()))
}

package control

import (
	"context"
	"net/http"
	"strings"
)

// Observe records the attempts that are refused before the handlers of Control get them: by a wrong
// password, by a limit of the server in front, or because another handler failed. It is meant to
// be the outermost handler.
func (c *Control) Observe(next http.Handler) http.Handler {
	paths, actions := http.NewServeMux(), actionPaths()
	for path := range actions {
		paths.Handle(path, http.NotFoundHandler())
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, actionPrefix) {
			next.ServeHTTP(w, r)
			return
		}
		_, pattern := paths.Handler(r)
		action, ok := actions[pattern]
		// With several sockets of systemd there are several observers, of which the first counts.
		if _, observed := recordedOf(r); !ok || observed {
			next.ServeHTTP(w, r)
			return
		}
		recorded := false
		seen := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(seen, r.WithContext(context.WithValue(r.Context(), recordedKey{}, &recorded)))
		// What is less is a redirection to another way to write the address.
		if !recorded && seen.status >= http.StatusBadRequest {
			c.recordRefused(r, action, seen.status)
		}
	})
}

// recordRefused records an attempt of which only the answer is known. The name that came with a
// wrong password is left out: it is only claimed, and some people type the password there.
func (c *Control) recordRefused(r *http.Request, action string, status int) {
	id := r.URL.Path[len(actionPrefix):strings.LastIndexByte(r.URL.Path, '/')]
	e := c.eventOf(r, action, id)
	e.Result, e.Reason = resultOf(status), "refused in front: "+http.StatusText(status)
	c.recorder.record(e)
}

// recordedKey is where the context of a request has a *bool: whether the attempt was recorded.
type recordedKey struct{}

// recordedOf returns what tells Observe that an attempt was recorded, and whether it observes.
func recordedOf(r *http.Request) (recorded *bool, observed bool) {
	if recorded, ok := r.Context().Value(recordedKey{}).(*bool); ok {
		return recorded, true
	}
	return new(bool), false
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter

	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 || w.status < http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

package treeapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"proctree/collector/host"
	"proctree/tree-api/access"
)

// The values of errorType: those of Prometheus where it has one for the case.
const (
	errorBadData     = "bad_data"
	errorNotFound    = "not_found"
	errorMethod      = "method_not_allowed"
	errorUnavailable = "unavailable"
	errorTimeout     = "timeout"
	errorInternal    = "internal"
	errorLogin       = "unauthorized"
	errorForbidden   = "forbidden"
	errorTooMany     = "too_many_requests"
)

// failure is an error with what the caller is told about it.
type failure struct {
	status int
	kind   string
	// headers are added to the answer.
	headers map[string]string
	err     error
}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

func (f *failure) setHeaders(w http.ResponseWriter) {
	for name, value := range f.headers {
		w.Header().Set(name, value)
	}
}

// wrongMethod is the answer to a method that an address does not have (RFC 9110, section
// 15.5.6).
func wrongMethod(r *http.Request, allowed string) *failure {
	return &failure{
		status:  http.StatusMethodNotAllowed,
		kind:    errorMethod,
		headers: map[string]string{"Allow": allowed},
		err:     fmt.Errorf("method %s is not allowed here", r.Method),
	}
}

// failureOf finds what to tell about an error: who could know better decides first.
func failureOf(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
		return refused(refusal)
	}
	_, bad := errors.AsType[*badParameterError](err)
	switch {
	case bad:
		return &failure{status: http.StatusBadRequest, kind: errorBadData, err: err}
	case errors.Is(err, errForOperators):
		return &failure{status: http.StatusForbidden, kind: errorForbidden, err: err}
	case errors.Is(err, errNoRoot), errors.Is(err, host.ErrNoProcess):
		return &failure{status: http.StatusNotFound, kind: errorNotFound, err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{status: http.StatusServiceUnavailable, kind: errorTimeout, err: err}
	}
	return &failure{status: http.StatusServiceUnavailable, kind: errorUnavailable, err: err}
}

// refused tells how to be let in.
func refused(refusal *access.RefusalError) *failure {
	f := &failure{status: refusal.Status, kind: errorForbidden, err: refusal}
	switch refusal.Status {
	case http.StatusUnauthorized:
		f.kind = errorLogin
		f.headers = map[string]string{"WWW-Authenticate": `Bearer realm="proctree"`}
	case http.StatusTooManyRequests:
		f.kind = errorTooMany
		f.headers = map[string]string{"Retry-After": strconv.Itoa(int(refusal.RetryAfter.Seconds()))}
	}
	return f
}

// writeFailure sends the error in Prometheus' envelope.
func writeFailure(w http.ResponseWriter, f *failure) {
	body := append([]byte(nil), `{"status":"error","errorType":`...)
	body = appendString(body, f.kind)
	body = append(body, `,"error":`...)
	body = append(appendString(body, f.Error()), "}\n"...)
	f.setHeaders(w)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(f.status)
	w.Write(body)
}

// appendSuccess appends the envelope around what data appends.
func appendSuccess(dst []byte, data func([]byte) []byte) []byte {
	dst = data(append(dst, `{"status":"success","data":`...))
	return append(dst, "}\n"...)
}

package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"proctree/collector/history"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/past"
	"proctree/tree-api/share"
	"proctree/tree-api/tree"
)

// The values of errorType: those of Prometheus where it has one for the case.
const (
	ErrorBadData     = "bad_data"
	ErrorNotFound    = "not_found"
	errorMethod      = "method_not_allowed"
	ErrorUnavailable = "unavailable"
	errorTimeout     = "timeout"
	ErrorInternal    = "internal"
	errorLogin       = "unauthorized"
	ErrorForbidden   = "forbidden"
	ErrorTooMany     = "too_many_requests"
	// ErrorConflict is for a process that is another one by now.
	ErrorConflict = "conflict"
)

// CallError is an error with what the caller is told about it.
type CallError struct {
	Status int
	Kind   string
	// Headers are added to the answer.
	Headers map[string]string
	Err     error
}

func (f *CallError) Error() string { return f.Err.Error() }

func (f *CallError) Unwrap() error { return f.Err }

// SetHeaders sets the headers that belong to the error.
func (f *CallError) SetHeaders(w http.ResponseWriter) {
	for name, value := range f.Headers {
		w.Header().Set(name, value)
	}
}

// WrongMethod is the answer to a method that an address does not have (RFC 9110, section
// 15.5.6).
func WrongMethod(r *http.Request, allowed string) *CallError {
	return &CallError{
		Status:  http.StatusMethodNotAllowed,
		Kind:    errorMethod,
		Headers: map[string]string{"Allow": allowed},
		Err:     fmt.Errorf("method %s is not allowed here", r.Method),
	}
}

// Charge takes the steps of regular expressions from what a caller may use.
func Charge(work *share.Work, caller string) func(steps int) error {
	return func(steps int) error {
		wait := work.Spend(caller, steps, time.Now())
		if wait == 0 {
			return nil
		}
		return &CallError{
			Status:  http.StatusTooManyRequests,
			Kind:    ErrorTooMany,
			Headers: map[string]string{"Retry-After": strconv.Itoa(int(wait.Seconds()))},
			Err:     fmt.Errorf("your regular expressions use more than your share of the CPU; try again in %s", wait),
		}
	}
}

// FailureOf finds what to tell about an error: who could know better decides first.
func FailureOf(err error) *CallError {
	if f, ok := errors.AsType[*CallError](err); ok {
		return f
	}
	if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
		return refused(refusal)
	}
	_, bad := errors.AsType[*tree.BadParameterError](err)
	switch {
	case bad:
		return &CallError{Status: http.StatusBadRequest, Kind: ErrorBadData, Err: err}
	case errors.Is(err, tree.ErrForOperators), errors.Is(err, tree.ErrHeldForOperators):
		return &CallError{Status: http.StatusForbidden, Kind: ErrorForbidden, Err: err}
	case errors.Is(err, tree.ErrNoRoot), errors.Is(err, process.ErrNoProcess), errors.Is(err, past.ErrNotRecorded), history.IsNoTable(err):
		return &CallError{Status: http.StatusNotFound, Kind: ErrorNotFound, Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &CallError{Status: http.StatusServiceUnavailable, Kind: errorTimeout, Err: err}
	}
	return &CallError{Status: http.StatusServiceUnavailable, Kind: ErrorUnavailable, Err: err}
}

// refused tells how to be let in.
func refused(refusal *access.RefusalError) *CallError {
	f := &CallError{Status: refusal.Status, Kind: ErrorForbidden, Err: refusal}
	switch refusal.Status {
	case http.StatusUnauthorized:
		f.Kind = errorLogin
		f.Headers = map[string]string{"WWW-Authenticate": `Bearer realm="proctree"`}
	case http.StatusTooManyRequests:
		f.Kind = ErrorTooMany
		f.Headers = map[string]string{"Retry-After": strconv.Itoa(int(refusal.RetryAfter.Seconds()))}
	}
	return f
}

// WriteFailure sends the error in Prometheus' envelope.
func WriteFailure(w http.ResponseWriter, f *CallError) {
	body := append([]byte(nil), `{"status":"error","errorType":`...)
	body = jsontext.AppendString(body, f.Kind)
	body = append(body, `,"error":`...)
	body = append(jsontext.AppendString(body, f.Error()), "}\n"...)
	f.SetHeaders(w)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(f.Status)
	w.Write(body)
}

// appendSuccess appends the envelope around what data appends.
func appendSuccess(dst []byte, data func([]byte) []byte) []byte {
	dst = data(append(dst, `{"status":"success","data":`...))
	return append(dst, "}\n"...)
}

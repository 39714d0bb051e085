package outbound

import (
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Errors that a caller can tell apart.
var (
	// ErrTooSlow: the answer did not come, or not wholly, in the time there is.
	ErrTooSlow = errors.New("no answer in time")
	// ErrTooLarge: the answer is larger than the bound.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrForbidden: the address is none that may be asked.
	ErrForbidden = errors.New("this address may not be asked")
	// ErrMalformed: it is not what such a server answers.
	ErrMalformed = errors.New("the answer is not understood")
)

// ServerError says which server an error is about.
type ServerError struct {
	Server string
	Err    error
}

func (e *ServerError) Error() string { return e.Server + ": " + e.Err.Error() }

func (e *ServerError) Unwrap() error { return e.Err }

// StatusError is an answer other than 200.
type StatusError struct{ Code int }

func (e *StatusError) Error() string {
	switch {
	case e.Code >= 300 && e.Code < 400:
		return fmt.Sprintf("answers %d, a redirect, which is not followed", e.Code)
	case e.Code == http.StatusUnauthorized, e.Code == http.StatusForbidden:
		return fmt.Sprintf("refuses the credentials (%d %s)", e.Code, http.StatusText(e.Code))
	default:
		return fmt.Sprintf("answers %d %s", e.Code, http.StatusText(e.Code))
	}
}

// bounded reads at most so many bytes, and remembers why it could not read on.
type bounded struct {
	from io.Reader
	left int64
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

func (b *bounded) read(p []byte) (int, error) {
	if b.left <= 0 {
		// An answer of exactly the bound is not too large.
		if n, err := b.from.Read(make([]byte, 1)); n == 0 && err != nil {
			return 0, err
		}
		return 0, ErrTooLarge
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

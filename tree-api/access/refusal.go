package access

import (
	"fmt"
	"math"
	"net/http"
	"time"
)

// RefusalError says why a request is refused.
type RefusalError struct {
	// Status is the HTTP status: 401 where a token would help, 429 after too many wrong
	// ones, else 403.
	Status int
	Reason string
	// Foreign is that the page of another site made the request, under its own name or by
	// one that it has for this host, or that a proxy did.
	Foreign bool
	// RetryAfter is how long to wait after a 429.
	RetryAfter time.Duration
}

func (e *RefusalError) Error() string { return e.Reason }

func forbidden(reason string) *RefusalError {
	return &RefusalError{Status: http.StatusForbidden, Reason: reason}
}

func foreign(reason string) *RefusalError {
	return &RefusalError{Status: http.StatusForbidden, Reason: reason, Foreign: true}
}

func slowDown(wait time.Duration) *RefusalError {
	wait = time.Duration(math.Ceil(wait.Seconds())) * time.Second
	return &RefusalError{
		Status:     http.StatusTooManyRequests,
		Reason:     fmt.Sprintf("too many wrong tokens from this address; try again in %s", wait),
		RetryAfter: wait,
	}
}

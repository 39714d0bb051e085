package control

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"

	"proctree/collector/host/control"
)

// Event is one attempt to act on one process, whatever became of it.
type Event struct {
	Time time.Time
	// Who is the name of the token or the user; empty if it is not known. From is the address
	// of the connection.
	Who, From string
	// Action is a signal, "priority" or "unknown". Nice is the value for "priority".
	Action string
	Nice   *int
	// Target is the id as the request gave it, if it is one. Name and Group are those of the
	// process, where it was found.
	Target, Name, Group string
	// Result is one of Results. Reason says more where nothing was done.
	Result, Reason string
}

// Sink takes over the events. It must not block.
type Sink interface{ ControlAction(Event) }

// The results of attempts.
const (
	ResultDone         = "done"
	resultBadRequest   = "bad_request"
	resultUnauthorized = "unauthorized"
	resultForbidden    = "forbidden"
	resultNotFound     = "not_found"
	resultChanged      = "changed"
	resultTooMany      = "too_many_requests"
	resultFailed       = "failed"
)

// Results returns the values of Event.Result.
func Results() []string {
	return []string{
		ResultDone, resultBadRequest, resultUnauthorized, resultForbidden, resultNotFound,
		resultChanged, resultTooMany, resultFailed,
	}
}

// Actions returns the values of Event.Action.
func Actions() []string { return append(control.AllSignals(), actionPriority, actionUnknown) }

// resultOf returns the result for the status of an answer.
func resultOf(status int) string {
	switch status {
	case http.StatusAccepted:
		return ResultDone
	case http.StatusUnauthorized:
		return resultUnauthorized
	case http.StatusForbidden:
		return resultForbidden
	case http.StatusNotFound:
		return resultNotFound
	case http.StatusConflict:
		return resultChanged
	case http.StatusTooManyRequests:
		return resultTooMany
	}
	if status < http.StatusInternalServerError {
		return resultBadRequest
	}
	return resultFailed
}

// recorder writes each event to the log, the counter and the sinks.
type recorder struct {
	logger log.Logger
	sinks  []Sink

	mu     sync.Mutex
	counts map[[2]string]uint64
}

func (r *recorder) record(e Event) {
	r.mu.Lock()
	r.counts[[2]string{e.Action, e.Result}]++
	r.mu.Unlock()
	for _, sink := range r.sinks {
		sink.ControlAction(e)
	}
	logger := level.Warn(r.logger)
	if e.Result == ResultDone {
		logger = level.Info(r.logger)
	}
	line := []any{"msg", "control", "who", e.Who, "from", e.From, "action", e.Action, "target", e.Target, "name", e.Name, "group", e.Group, "result", e.Result}
	if e.Nice != nil {
		line = append(line, "nice", strconv.Itoa(*e.Nice))
	}
	if e.Reason != "" {
		line = append(line, "reason", e.Reason)
	}
	logger.Log(line...)
}

// Count returns how many attempts had an action and a result, each one of Actions and Results.
func (c *Control) Count(action, result string) uint64 {
	c.recorder.mu.Lock()
	defer c.recorder.mu.Unlock()
	return c.recorder.counts[[2]string{action, result}]
}

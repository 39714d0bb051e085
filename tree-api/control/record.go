package control

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
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
	// Action is a signal, "signal" where it is not known which, or "priority". Nice is the value
	// for "priority".
	Action string
	Nice   *int
	// Target is the id as the request gave it, if it is one. Name and Group are those of the
	// process, where it was found.
	Target, Name, Group string
	// Result is one of Results. Reason says more where nothing was done.
	Result, Reason string
	// Count, if it is not 0, is how many refused attempts of one caller this stands for, of which
	// only Who is known.
	Count uint64
	// caller tells callers apart; empty for those without a token or a user.
	caller string
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
func Actions() []string { return append(control.AllSignals(), actionPriority, actionSignal) }

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

const (
	// refusedBurst is how many refused attempts of a caller are written one by one at once, and
	// refusedPerSecond how many more each second. Anybody who reaches the port can make one.
	refusedBurst     = 100
	refusedPerSecond = 10
	// sumAfter is when the number of the others is written.
	sumAfter = time.Second
	// maxReason bounds the texts of requests in reasons, such as a header, in bytes.
	maxReason = 512
)

// recorder writes each event to the log, the counter and the sinks. Of refused attempts, only the
// counter has every one: the others get as many as the bound of each caller allows, and the number
// of the rest. So callers without a token cannot hide what a controller tries.
type recorder struct {
	logger log.Logger
	sinks  []Sink

	mu     sync.Mutex
	counts map[[2]string]uint64
	// refused are the bounds by caller. Their number is bounded by the tokens, users and
	// certificates that there are.
	refused map[string]*bound
	// timer writes the sums; nil if there are none.
	timer *time.Timer
}

// bound is what a caller has used of refusedBurst.
type bound struct {
	kept float64
	at   time.Time
	// left is the number of those that were not written one by one, who the name of the caller.
	left uint64
	who  string
}

func newRecorder(logger log.Logger, sinks []Sink) *recorder {
	return &recorder{logger: logger, sinks: sinks, counts: map[[2]string]uint64{}, refused: map[string]*bound{}}
}

// free frees what the time since the last call allows.
func (b *bound) free(now time.Time) {
	passed := now.Sub(b.at)
	if passed <= 0 {
		return // Of two requests at once, the later one can be counted first.
	}
	b.kept, b.at = max(0, b.kept-refusedPerSecond*passed.Seconds()), now
}

func (r *recorder) record(e Event) {
	if len(e.Reason) > maxReason {
		e.Reason = strings.ToValidUTF8(e.Reason[:maxReason], "") + "…"
	}
	if r.count(e) {
		r.write(e)
	}
}

// count counts an event, and reports whether it is to be written.
func (r *recorder) count(e Event) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[[2]string{e.Action, e.Result}]++
	if e.Result == ResultDone {
		return true
	}
	b := r.refused[e.caller]
	if b == nil {
		b = &bound{at: e.Time}
		r.refused[e.caller] = b
	}
	b.free(e.Time)
	if b.kept+1 <= refusedBurst {
		b.kept++
		return true
	}
	b.left++
	b.who = e.Who
	if r.timer == nil {
		r.timer = time.AfterFunc(sumAfter, r.flush)
	}
	return false
}

// flush writes the sums.
func (r *recorder) flush() {
	for _, e := range r.takeSums(time.Now()) {
		r.write(e)
	}
}

// takeSums returns an event for each caller of whom there are attempts that were not written, and
// forgets the callers that have used nothing of their bound.
func (r *recorder) takeSums(now time.Time) (list []Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	for caller, b := range r.refused {
		if b.left > 0 {
			list = append(list, Event{Time: now, Who: b.who, Count: b.left, caller: caller})
			b.left = 0
		}
		if b.free(now); b.kept == 0 {
			delete(r.refused, caller)
		}
	}
	slices.SortFunc(list, func(a, b Event) int { return cmp.Compare(a.caller, b.caller) })
	return list
}

func (r *recorder) write(e Event) {
	for _, sink := range r.sinks {
		sink.ControlAction(e)
	}
	if e.Count > 0 {
		level.Warn(r.logger).Log("msg", "control", "who", e.Who, "result", "refused", "attempts", e.Count,
			"reason", "more refused attempts of this caller than are logged one by one; callers without a token or user count as one")
		return
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

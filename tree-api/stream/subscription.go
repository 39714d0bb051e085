package stream

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"proctree/tree-api/access"
	"proctree/tree-api/eventview"
	"proctree/tree-api/past"
	"proctree/tree-api/rest"
	"proctree/tree-api/tree"
)

// The interval of a stream in seconds.
const (
	defaultInterval = 2
	leastInterval   = 1
	mostInterval    = 60
)

// subscription is what a caller wants of a stream.
type subscription struct {
	feedKey
	query  *tree.Query
	layout tree.Layout
	// from is where a replay of the recording begins, zero for the present, and speed its speed.
	from  time.Time
	speed int
	// events are those that the stream shows, if withEvents is set.
	events *eventview.Filter
	// granted reports whether the grant of the caller is still valid.
	granted func() bool
}

// isOpening reports whether the first message is among the openings.
func (s *subscription) isOpening() bool { return s.filter == "" && s.layout == tree.InColumns }

// past reports whether a replay of the recording is wanted.
func (s *subscription) past() bool { return !s.from.IsZero() }

// streamParameter is one that only a stream has.
type streamParameter struct {
	name string
	read func(s *subscription, value string) error
}

var streamParameters = []streamParameter{
	{"interval", (*subscription).readInterval},
	{"layout", (*subscription).readLayout},
	{"from", (*subscription).readFrom},
	{"speed", (*subscription).readSpeed},
	{"events", (*subscription).readEvents},
}

// parseStream reads what a stream shall show.
func parseStream(r *http.Request, role access.Role) (*subscription, error) {
	if err := checkHandshake(r); err != nil {
		return nil, err
	}
	values, err := rest.UrlValues(r)
	if err != nil {
		return nil, err
	}
	s := &subscription{feedKey: feedKey{interval: defaultInterval, role: role}}
	others := make([]string, 0, len(streamParameters))
	for _, p := range streamParameters {
		others = append(others, p.name)
		if err := s.take(p, values); err != nil {
			return nil, tree.BadParameter(p.name, err)
		}
	}
	if s.speed > 0 && !s.past() {
		return nil, tree.BadParameter("speed", errNoFrom)
	}
	s.speed = max(s.speed, leastSpeed)
	if s.withEvents && s.past() {
		return nil, tree.BadParameter("events", errEventsOfThePast)
	}
	if err := s.filterEvents(values); err != nil {
		return nil, err
	}
	s.filter = values.Encode()
	if s.query, err = tree.ParseQuery(values, tree.Streamed, others...); err != nil {
		return nil, err
	}
	if len(s.query.Held()) > 0 {
		return nil, tree.BadParameter("q", errHeld)
	}
	return s, s.query.CheckRole(role)
}

// errNoFrom refuses what only a replay has.
var errNoFrom = errors.New("speed is for the past only: set \"from\" too, the time at which to begin")

// errHeld refuses what would have to be looked up at each message.
var errHeld = errors.New("port: and file: are not for the stream; ask /api/v1/processes")

// take takes one parameter out of the others, if it is there.
func (s *subscription) take(p streamParameter, values url.Values) error {
	given, ok := values[p.name]
	if !ok {
		return nil
	}
	delete(values, p.name)
	if len(given) > 1 {
		return fmt.Errorf("given %d times", len(given))
	}
	return p.read(s, given[0])
}

func (s *subscription) readInterval(value string) error {
	seconds, err := strconv.Atoi(value)
	if err != nil || seconds < leastInterval || seconds > mostInterval {
		return fmt.Errorf("must be whole seconds from %d to %d, not %q", leastInterval, mostInterval, value)
	}
	s.interval = seconds
	return nil
}

func (s *subscription) readLayout(value string) (err error) {
	s.layout, err = tree.ParseLayout(value)
	return err
}

func (s *subscription) readFrom(value string) (err error) {
	s.from, err = past.ParseMoment(value)
	return err
}

func (s *subscription) readSpeed(value string) error {
	speed, err := strconv.Atoi(value)
	if err != nil || speed < leastSpeed || speed > mostSpeed {
		return fmt.Errorf("must be a whole number from %d to %d, not %q", leastSpeed, mostSpeed, value)
	}
	s.speed = speed
	return nil
}

package stream

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"proctree/collector/events"
	"proctree/tree-api/access"
	"proctree/tree-api/eventview"
	"proctree/tree-api/jsontext"
)

// eventTail makes the messages of events for the streams of a feed.
type eventTail struct {
	log    *events.Log
	cursor events.Cursor
	filter *eventview.Filter
	role   access.Role
	texts  eventview.Texts
	list   []events.Entry
}

// maxTailed bounds the events of one message. More are counted by kind.
const maxTailed = 1000

// newEventTail begins behind the newest event.
func newEventTail(log *events.Log, wish *subscription) *eventTail {
	return &eventTail{log: log, cursor: log.End(), filter: wish.events, role: wish.role}
}

// message returns the events since the last one; nil for none.
func (t *eventTail) message(now time.Time) []byte {
	t.list = t.log.After(&t.cursor, events.Capacity, t.list[:0])
	v := &eventview.Viewer{Texts: &t.texts, Policy: t.log.Policy(), Role: t.role}
	shown, counted := 0, events.Counts{}
	dst := jsontext.AppendDecimal([]byte(`{"type":"events","time":`), float64(now.UnixMilli())/1e3, jsontext.TimeDecimals)
	dst = append(dst, `,"events":[`...)
	add := func(e *events.Entry) {
		dst = jsontext.AppendComma(dst, shown)
		dst, _ = v.Append(dst, e)
		shown++
	}
	for i := range t.list {
		e := &t.list[i]
		switch {
		case !t.filter.Matches(v, e):
		case shown == maxTailed:
			counted.Add(&e.Event)
		default:
			add(e)
		}
	}
	for _, e := range counted.Entries(nil, now) {
		add(&e)
	}
	if shown == 0 {
		return nil
	}
	return append(dst, "]}"...)
}

var (
	errEventsOfThePast = errors.New("a replay has no events; ask /api/v1/events for those of the recording")
	errNoEvents        = errors.New("this exporter keeps no events: start it without --events.source=off")
)

func (s *subscription) readEvents(value string) error {
	switch value {
	case "on":
		s.withEvents = true
	case "off":
	default:
		return fmt.Errorf("must be on or off, not %q", value)
	}
	return nil
}

// filterEvents takes what the filters of the stream say of events too: text, user, unit and group.
func (s *subscription) filterEvents(values url.Values) (err error) {
	if !s.withEvents {
		return nil
	}
	own := url.Values{"from": {"0"}, "to": {endOfTime}}
	for _, name := range []string{"match", "user", "unit", "group"} {
		if given, ok := values[name]; ok {
			own[name] = given
		}
	}
	s.events, err = eventview.Parse(own, time.Now())
	return err
}

// endOfTime is after every event.
const endOfTime = "9999-12-31T23:59:59Z"

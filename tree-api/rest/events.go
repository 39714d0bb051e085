package rest

import (
	"errors"
	"net/http"
	"time"

	"proctree/collector/events"
	"proctree/tree-api/access"
	"proctree/tree-api/eventview"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

// errNoEvents is returned where events are switched off.
var errNoEvents = errors.New("this exporter keeps no events: start it without --events.source=off")

// getEvents answers GET /api/v1/events.
func (c *Calls) getEvents(r *http.Request, who access.Grant) (answer, error) {
	values, err := UrlValues(r)
	if err != nil {
		return answer{}, err
	}
	f, err := eventview.Parse(values, time.Now())
	if err != nil {
		return answer{}, err
	}
	if c.cfg.Events == nil {
		return answer{}, &CallError{Status: http.StatusNotFound, Kind: ErrorNotFound, Err: errNoEvents}
	}
	v := &eventview.Viewer{Texts: &c.eventTexts, Policy: c.cfg.Events.Policy(), Role: who.Role}
	var list []byte
	matched, shown := 0, 0
	c.cfg.Events.Back(func(e *events.Entry) bool {
		if f.Matches(v, e) {
			matched++
			if shown < f.Limit {
				list = jsontext.AppendComma(list, shown)
				list, _ = v.Append(list, e)
				shown++
			}
		}
		return r.Context().Err() == nil && !e.Time.Before(f.From.Add(-eventSlack))
	})
	if err := r.Context().Err(); err != nil {
		return answer{}, err
	}
	data := jsontext.AppendString([]byte(`{"host":`), c.cfg.Host.Name)
	data = append(append(append(data, `,"role":"`...), who.Role.String()...), '"')
	data = jsontext.AppendText(data, "source", string(c.cfg.Events.Source()))
	data = appendTime(appendTime(data, "from", f.From), "to", f.To)
	data = jsontext.AppendInt(append(data, `,"matched":`...), matched)
	data = append(append(append(data, `,"events":[`...), list...), "]}"...)
	return answer{tag: hashTag(data), data: func(dst []byte, _ tree.Pass) []byte { return append(dst, data...) }}, nil
}

// eventSlack is how far events of different CPUs may be out of order, and the span of one sum.
const eventSlack = 30 * time.Second

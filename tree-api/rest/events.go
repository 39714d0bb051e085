package rest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"proctree/collector/events"
	"proctree/collector/history"
	"proctree/tree-api/access"
	"proctree/tree-api/eventview"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/past"
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
	f.Charged(Charge(c.cfg.Work, who.Caller))
	page := &eventPage{
		filter: f, viewer: &eventview.Viewer{Texts: &c.eventTexts, Policy: c.cfg.Events.Policy(), Role: who.Role},
		began: c.cfg.Events.Oldest(), recorded: c.cfg.Past != nil,
	}
	if err := page.addLive(r.Context(), c.cfg.Events); err != nil {
		return answer{}, err
	}
	if page.recorded && f.From.Before(page.began) {
		if err := page.addRecorded(r.Context(), c.cfg.Past); err != nil {
			return answer{}, err
		}
	}
	if err := f.Err(); err != nil {
		return answer{}, err
	}
	list := bytes.Join(page.list, []byte{','})
	data := jsontext.AppendString([]byte(`{"host":`), c.cfg.Host.Name)
	data = append(append(append(data, `,"role":"`...), who.Role.String()...), '"')
	data = jsontext.AppendText(data, "source", string(c.cfg.Events.Source()))
	data = appendTime(appendTime(data, "from", f.From), "to", f.To)
	data = jsontext.AppendInt(append(data, `,"matched":`...), page.matched)
	data = append(append(append(data, `,"events":[`...), list...), "]}"...)
	return answer{tag: hashTag(data), data: func(dst []byte, _ tree.Pass) []byte { return append(dst, data...) }}, nil
}

// eventPage collects the events of an answer, newest first.
type eventPage struct {
	filter *eventview.Filter
	viewer *eventview.Viewer
	// began is the moment since which each event is kept in memory. Those before are in the recording, if
	// recorded is set.
	began    time.Time
	recorded bool
	list     [][]byte
	matched  int
}

// addLive adds those that are kept in memory.
func (p *eventPage) addLive(ctx context.Context, log *events.Log) error {
	end := p.filter.From.Add(-eventSlack)
	log.Back(func(e *events.Entry) bool {
		switch {
		case p.recorded && e.Time.Before(p.began): // The recording has it too, and with its details.
		case p.filter.Matches(p.viewer, e):
			if p.matched++; len(p.list) < p.filter.Limit {
				text, _ := p.viewer.Append(nil, e)
				p.list = append(p.list, text)
			}
		}
		return ctx.Err() == nil && !e.Time.Before(end)
	})
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("look through the events: %w", err)
	}
	return nil
}

// addRecorded adds those before. The recording is read from old to new, so only the newest are kept.
func (p *eventPage) addRecorded(ctx context.Context, recording *past.Past) error {
	room := p.filter.Limit - len(p.list)
	var list [][]byte
	err := recording.Read(ctx, func(archive *history.Archive, _ *past.Policy) error {
		_, err := archive.Events(ctx, p.filter.From, p.filter.To, func(e *events.Entry) error {
			if !e.Time.Before(p.began) || !p.filter.Matches(p.viewer, e) {
				return nil
			}
			p.matched++
			if room == 0 {
				return nil
			}
			if len(list) == 2*room {
				list = append(list[:0], list[room:]...)
			}
			text, _ := p.viewer.Append(nil, e)
			list = append(list, text)
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil // Nothing was recorded yet.
		}
		return err
	})
	slices.Reverse(list)
	p.list = append(p.list, list[:min(room, len(list))]...)
	return err
}

// eventSlack is how far events of different CPUs may be out of order, and the span of one sum.
const eventSlack = 30 * time.Second

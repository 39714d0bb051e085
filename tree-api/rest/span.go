package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/ledger"
	"proctree/collector/history/report"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/past"
	"proctree/tree-api/tree"
)

// What callers may ask for at once.
const (
	defaultShares = 20
	mostShares    = 1000
	defaultPoints = 300
	mostPoints    = 2000
	// defaultSpan is how much is looked at before "to" where "from" is not given.
	defaultSpan = time.Hour
)

// spanQuery reads the parameters of a call about the time between two moments.
type spanQuery struct {
	values   url.Values
	from, to time.Time
	known    []string
	err      error
}

func newSpanQuery(r *http.Request) *spanQuery {
	values, err := UrlValues(r)
	return &spanQuery{values: values, err: err}
}

// take returns the value of a parameter; ok is false where it is not given.
func (q *spanQuery) take(name string) (value string, ok bool) {
	q.known = append(q.known, name)
	given := q.values[name]
	if q.err == nil && len(given) > 1 {
		q.err = tree.BadParameter(name, fmt.Errorf("given %d times", len(given)))
	}
	if q.err != nil || len(given) == 0 {
		return "", false
	}
	return given[0], true
}

func (q *spanQuery) moment(name string) (t time.Time) {
	if text, ok := q.take(name); ok {
		var err error
		if t, err = past.ParseMoment(text); err != nil {
			q.err = tree.BadParameter(name, err)
		}
	}
	return t
}

func (q *spanQuery) number(name string, standard, most int) int {
	text, ok := q.take(name)
	if !ok {
		return standard
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		q.err = tree.BadParameter(name, fmt.Errorf("must be a whole number from 1 to %d, not %q", most, text))
	}
	return n
}

// choice reads one of some words; the first one is the default.
func choice[T ~string](q *spanQuery, name string, words []T) T {
	text, ok := q.take(name)
	if !ok {
		return words[0]
	}
	if !slices.Contains(words, T(text)) {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = string(w)
		}
		q.err = tree.BadParameter(name, fmt.Errorf("must be %s, not %q", strings.Join(names, ", "), text))
	}
	return T(text)
}

// span reads from and to.
func (q *spanQuery) span() {
	q.from, q.to = q.moment("from"), q.moment("to")
	if q.err == nil && !q.from.IsZero() && !q.to.IsZero() && !q.from.Before(q.to) {
		q.err = tree.BadParameter("from", errors.New("must be a time before that of \"to\""))
	}
}

// done reports the first error, which may be a parameter that nobody knows.
func (q *spanQuery) done() error {
	if q.err != nil {
		return q.err
	}
	for name := range q.values {
		if !slices.Contains(q.known, name) {
			return tree.BadParameter(name, fmt.Errorf("unknown; there are %s", strings.Join(q.known, ", ")))
		}
	}
	return nil
}

// bounds replaces what was not given: to by the last table, and from by an hour before that.
func (q *spanQuery) bounds(archive *history.Archive) (from, to time.Time, err error) {
	from, to = q.from, q.to
	if to.IsZero() {
		if to, err = archive.Newest(); err != nil {
			return from, to, err
		}
	}
	if from.IsZero() {
		from = to.Add(-defaultSpan)
	}
	if !from.Before(to) {
		return from, to, tree.BadParameter("from", errors.New("must be a time before the last table, "+to.UTC().Format(time.RFC3339)))
	}
	return from, to, nil
}

// overSpan answers a call from what build makes of the recording.
func (c *Calls) overSpan(r *http.Request, q *spanQuery, build func(archive *history.Archive, policy *past.Policy, from, to time.Time) (any, error)) (answer, error) {
	return c.bytesOverSpan(r, q, func(archive *history.Archive, policy *past.Policy, from, to time.Time) ([]byte, error) {
		made, err := build(archive, policy, from, to)
		if err != nil {
			return nil, err
		}
		return json.Marshal(made)
	})
}

// bytesOverSpan is overSpan for what is no JSON.
func (c *Calls) bytesOverSpan(r *http.Request, q *spanQuery, build func(archive *history.Archive, policy *past.Policy, from, to time.Time) ([]byte, error)) (answer, error) {
	if err := q.done(); err != nil {
		return answer{}, err
	}
	var data []byte
	err := c.cfg.Past.Read(r.Context(), func(archive *history.Archive, policy *past.Policy) error {
		from, to, err := q.bounds(archive)
		if err != nil {
			return err
		}
		data, err = build(archive, policy, from, to)
		return err
	})
	if err != nil {
		return answer{}, tooLong(err)
	}
	return ready(data), nil
}

// ready is an answer that is already made. Its tag is made of its bytes.
func ready(data []byte) answer {
	return answer{tag: hashTag(data), immutable: true, data: func(dst []byte, _ tree.Pass) []byte { return append(dst, data...) }}
}

// tooLong says what to do where the time was not enough.
func tooLong(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%w; ask for a shorter time from \"from\" to \"to\"", err)
	}
	return err
}

// errPrivate is returned to accounts of the host to which the kernel does not show the I/O of others.
var errPrivate = &CallError{
	Status: http.StatusForbidden, Kind: ErrorForbidden,
	Err: errors.New("read and written require a token, also for accounts of this host"),
}

// getTop answers GET /api/v1/top.
func (c *Calls) getTop(r *http.Request, who access.Grant) (answer, error) {
	q := newSpanQuery(r)
	q.span()
	what, by := choice(q, "by", ledger.Resources), choice(q, "group_by", ledger.Bys)
	limit := q.number("limit", defaultShares, mostShares)
	if who.Role == access.Public && (what == ledger.Input || what == ledger.Output) {
		return answer{}, errPrivate
	}
	return c.overSpan(r, q, func(archive *history.Archive, policy *past.Policy, from, to time.Time) (any, error) {
		ranking, err := ledger.Top(r.Context(), archive, from, to, what, by, limit, policy.Show)
		if err != nil {
			return nil, err
		}
		return policy.Sight(who.Role).NewTop(ranking, what, by), nil
	})
}

// getDiff answers GET /api/v1/diff.
func (c *Calls) getDiff(r *http.Request, who access.Grant) (answer, error) {
	q := newSpanQuery(r)
	q.span()
	limit := q.number("limit", defaultShares, mostShares)
	return c.overSpan(r, q, func(archive *history.Archive, policy *past.Policy, from, to time.Time) (any, error) {
		l, err := ledger.Read(r.Context(), archive, from, to)
		if err != nil {
			return nil, err
		}
		l.Filter(policy.Show)
		return policy.Sight(who.Role).NewDiff(l, limit), nil
	})
}

// format is how a report is written.
type format string

const (
	asJSON format = "json"
	asText format = "text"
	asHTML format = "html"
)

// getReport answers GET /api/v1/report.
func (c *Calls) getReport(r *http.Request, who access.Grant) (answer, error) {
	q := newSpanQuery(r)
	q.span()
	as := choice(q, "format", []format{asJSON, asText, asHTML})
	got, err := c.bytesOverSpan(r, q, func(archive *history.Archive, policy *past.Policy, from, to time.Time) ([]byte, error) {
		made, err := report.Make(r.Context(), archive, from, to, policy.Sight(who.Role), policy.Show)
		if err != nil {
			return nil, err
		}
		made.Host = c.cfg.Host.Name
		b := &bytes.Buffer{}
		switch as {
		case asText:
			err = made.WriteText(b, time.UTC)
		case asHTML:
			err = made.WriteHTML(b, time.UTC)
		default:
			return json.Marshal(made)
		}
		return b.Bytes(), err
	})
	switch as {
	case asText:
		got.page = &page{contentType: "text/plain; charset=utf-8", policy: "default-src 'none'"}
	case asHTML:
		got.page = &page{contentType: "text/html; charset=utf-8", policy: report.PagePolicy() + "; frame-ancestors 'none'"}
	}
	return got, err
}

// getHistory answers GET /api/v1/history.
func (c *Calls) getHistory(r *http.Request, _ access.Grant) (answer, error) {
	q := newSpanQuery(r)
	q.span()
	points := q.number("points", defaultPoints, mostPoints)
	if err := q.done(); err != nil {
		return answer{}, err
	}
	var data []byte
	err := c.cfg.Past.Read(r.Context(), func(archive *history.Archive, _ *past.Policy) error {
		overview, err := report.NewOverview(r.Context(), archive, q.from, q.to, points)
		if err != nil {
			return err
		}
		data, err = json.Marshal(overview)
		return err
	})
	if err != nil {
		return answer{}, err
	}
	return ready(data), nil
}

// defaultTrack is about how many points the course of a process has.
const defaultTrack = 300

// getTrack answers GET /api/v1/processes/{id}/history.
func (c *Calls) getTrack(r *http.Request, who access.Grant) (answer, error) {
	id, err := process.ParseID(r.PathValue("id"))
	if err != nil {
		return answer{}, tree.BadParameter("id", err)
	}
	q := newSpanQuery(r)
	q.span()
	seconds := q.number("step", 0, 86400)
	return c.overSpan(r, q, func(archive *history.Archive, policy *past.Policy, from, to time.Time) (any, error) {
		step := time.Duration(seconds) * time.Second
		if step == 0 {
			step = (to.Sub(from) / defaultTrack).Truncate(time.Second)
		}
		if to.Sub(from)/max(step, time.Second) > mostPoints {
			return nil, tree.BadParameter("step", fmt.Errorf("more than %d points; ask for a longer step or a shorter time", mostPoints))
		}
		return policy.Sight(who.Role).NewTrack(r.Context(), archive, id, from, to, step, policy.ShowsProcess)
	})
}

package exporter

import (
	"context"
	"math"
	"net/url"
	"strconv"
	"time"

	"proctree/dashboards/live-datasource/pkg/discovery"
)

// outline is what GET /api/v1/history says of a recording: its times without a gap, in order, and a point per
// table of the time that was asked for. Times are in seconds since 1970.
type outline struct {
	Spans []struct {
		From     float64 `json:"from"`
		To       float64 `json:"to"`
		Interval float64 `json:"interval_seconds"`
	} `json:"spans"`
	Points []struct {
		Time float64 `json:"time"`
	} `json:"points"`
}

// nearby is how far around a moment tables are looked for, one by one: far more than the usual interval, and
// little enough to be read in a tenth of a second.
const nearby = 2 * time.Minute

// mostPoints is how many the exporter returns at most: one for each table, unless they are closer than a second.
const mostPoints = "2000"

// Neighbours are the moments, in whole seconds, at which the table before and the one after another are the
// last ones. Zero: there is none.
type Neighbours struct{ Previous, Next time.Time }

// Neighbours returns those of a table by its time.
func (c *Client) Neighbours(ctx context.Context, t discovery.Target, table time.Time) (Neighbours, error) {
	values := url.Values{
		"from":   {strconv.FormatInt(table.Add(-nearby).Unix(), 10)},
		"to":     {strconv.FormatInt(table.Add(nearby).Unix(), 10)},
		"points": {mostPoints},
	}
	o, err := askPast(ctx, c, c.outline, question{Target: t, path: "/api/v1/history", query: values.Encode()})
	if err != nil {
		return Neighbours{}, err
	}
	return o.around(float64(table.UnixMilli()) / 1000), nil
}

// around returns what is next to a table. A table that lies further away is the end or the beginning of a span.
func (o *outline) around(table float64) Neighbours {
	// Times were rounded to a millisecond on their way.
	const same = 0.002
	before, after := math.Inf(-1), math.Inf(1)
	look := func(at float64) {
		if at < table-same {
			before = max(before, at)
		}
		if at > table+same {
			after = min(after, at)
		}
	}
	for _, p := range o.Points {
		look(p.Time)
	}
	for _, s := range o.Spans {
		look(s.From)
		look(s.To)
		// Of a recording with a long interval no other table may be nearby.
		if s.Interval > nearby.Seconds() && s.From <= table && table <= s.To {
			look(max(s.From, table-s.Interval))
			look(min(s.To, table+s.Interval))
		}
	}
	return Neighbours{Previous: askFor(before), Next: askFor(after)}
}

// askFor is the whole second at which a table is the last one.
func askFor(table float64) time.Time {
	if math.IsInf(table, 0) || math.IsNaN(table) || math.Abs(table) > 1e11 {
		return time.Time{}
	}
	return time.Unix(int64(math.Ceil(table)), 0)
}

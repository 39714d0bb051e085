package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"proctree/tree-api/access"
	"proctree/tree-api/past"
	"proctree/tree-api/tree"
)

// timeParameter names the moment that is asked for.
const timeParameter = "time"

// moment is when a request asks for; zero is now.
type moment struct{ time.Time }

func (m moment) past() bool { return !m.IsZero() }

// takeTime takes the moment out of the other parameters.
func takeTime(values url.Values) (moment, error) {
	given, ok := values[timeParameter]
	if !ok {
		return moment{}, nil
	}
	delete(values, timeParameter)
	if len(given) > 1 {
		return moment{}, tree.BadParameter(timeParameter, fmt.Errorf("given %d times", len(given)))
	}
	t, err := past.ParseMoment(given[0])
	if err != nil {
		return moment{}, tree.BadParameter(timeParameter, err)
	}
	return moment{t}, nil
}

// onlyTime is for the calls that take no other parameter.
func onlyTime(r *http.Request) (moment, error) {
	values, err := UrlValues(r)
	if err != nil {
		return moment{}, err
	}
	when, err := takeTime(values)
	if err != nil {
		return moment{}, err
	}
	for name := range values {
		return moment{}, tree.BadParameter(name, errors.New("unknown; there is time"))
	}
	return when, nil
}

// modelAt returns the processes of a moment.
func (c *Calls) modelAt(ctx context.Context, when moment) (*tree.Model, error) {
	if when.past() {
		return c.cfg.Past.At(ctx, when.Time)
	}
	return c.cfg.Models.Current(ctx)
}

// tagAt is a tag for a table, a role and the parameters. A recorded table is named by its time, and by
// that of the table before, from which rates are counted: it may be another one after the recording was
// thinned.
func (c *Calls) tagAt(m *tree.Model, role access.Role, values url.Values, when moment) string {
	if !when.past() {
		return tag(m, role, values)
	}
	before := int64(0)
	if previous := m.Tree.Previous; previous != nil {
		before = previous.Taken.UnixNano()
	}
	return fmt.Sprintf("%x-%x-%x-%s", m.Tree.Report.Snapshot.Taken.UnixNano(), before, c.edition.Load(), parameterTag(role, values))
}

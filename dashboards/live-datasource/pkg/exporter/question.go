package exporter

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/outbound"
)

// question is what is asked of an exporter. Equal questions within a moment share one answer.
type question struct {
	discovery.Target
	// path is that of the API, query its parameters, encoded.
	path, query string
}

// The paths of the API.
const (
	pathProcesses = "/api/v1/processes"
	pathHost      = "/api/v1/host"
)

func (q question) url() *url.URL {
	u := q.URL(q.path)
	u.RawQuery = q.query
	return u
}

// moment asks for the last table at or before a time. It is in whole seconds, so that people who look
// at the same relative range share an answer: tables are at least a second apart.
func moment(at time.Time) string {
	return url.Values{"time": {strconv.FormatInt(at.Unix(), 10)}}.Encode()
}

// ErrNotRecorded is returned where an exporter recorded nothing of a time: it has no recording, the time
// is out of it or in a gap, or its release cannot record.
var ErrNotRecorded = errors.New("not recorded")

// notRecorded makes ErrNotRecorded of the answers that mean it. Releases that cannot record refuse the
// parameter time.
func notRecorded(err error) error {
	if refused := new(outbound.StatusError); errors.As(err, &refused) &&
		(refused.Code == http.StatusNotFound || refused.Code == http.StatusBadRequest) {
		return fmt.Errorf("%w: %w", ErrNotRecorded, err)
	}
	return err
}

// ask returns the answer to a question. It is shared: do not change it.
func ask[T any](ctx context.Context, c *Client, s *shared[*T], q question) (*T, error) {
	return s.get(ctx, q, func(ctx context.Context) (*T, error) {
		var answer struct {
			Status string
			Data   *T
		}
		err := c.http.JSON(ctx, q.url(), &answer)
		if err == nil && (answer.Status != "success" || answer.Data == nil) {
			err = outbound.ErrMalformed
		}
		if err != nil {
			return nil, fmt.Errorf("%s of %q: %w", q.path, q.Instance, err)
		}
		return answer.Data, nil
	})
}

// askPast is ask for a question about the past: the error is ErrNotRecorded where there is no answer.
func askPast[T any](ctx context.Context, c *Client, s *shared[*T], q question) (*T, error) {
	answer, err := ask(ctx, c, s, q)
	return answer, notRecorded(err)
}

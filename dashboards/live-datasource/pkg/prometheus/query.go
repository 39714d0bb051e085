// Package prometheus asks Prometheus for the values of series at one moment.
package prometheus

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"proctree/dashboards/live-datasource/pkg/outbound"
)

// Client asks one Prometheus.
type Client struct {
	http *outbound.Client
	at   *url.URL
}

// NewClient returns a client for the Prometheus at an address.
func NewClient(http *outbound.Client, at *url.URL) *Client { return &Client{http: http, at: at} }

// Sample is a series and its value.
type Sample struct {
	Labels map[string]string
	Value  float64
}

// errMalformed is an answer that Prometheus does not give.
var errMalformed = &outbound.ServerError{Server: "Prometheus", Err: outbound.ErrMalformed}

// Query returns the vector that an expression gives at a moment.
func (c *Client) Query(ctx context.Context, expression string, at time.Time) ([]Sample, error) {
	to := c.at.JoinPath("api/v1/query")
	to.RawQuery = url.Values{
		"query": {expression},
		"time":  {strconv.FormatFloat(float64(at.UnixMilli())/1e3, 'f', 3, 64)},
	}.Encode()
	var answer struct {
		Status string
		Data   struct {
			ResultType string
			Result     []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	if err := c.http.JSON(ctx, to, &answer); err != nil {
		return nil, err
	}
	if answer.Status != "success" || answer.Data.ResultType != "vector" {
		return nil, errMalformed
	}
	samples := make([]Sample, 0, len(answer.Data.Result))
	for _, r := range answer.Data.Result {
		text, _ := r.Value[1].(string)
		value, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil, errMalformed
		}
		samples = append(samples, Sample{Labels: r.Metric, Value: value})
	}
	return samples, nil
}

// Ping returns an error if Prometheus does not answer queries.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.Query(ctx, "vector(1)", time.Now())
	return err
}

// Selector writes matchers in braces.
func Selector(matchers ...string) string { return "{" + strings.Join(matchers, ",") + "}" }

// Equal matches a label value as it is, whatever is in it.
func Equal(label, value string) string { return label + "=" + strconv.Quote(value) }

// Like matches a label by a regular expression.
func Like(label, expression string) string { return label + "=~" + strconv.Quote(expression) }

package terminal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"

	"github.com/coder/websocket"
)

// client asks one exporter. Safe for concurrent use.
type client struct {
	options *options
	target  *target
	http    *http.Client
	// stream has no limit of time for a whole answer.
	stream *http.Client
	// before is whether the exporter has no search language yet, and searches by match.
	before atomic.Bool
}

func newClient(o *options) (*client, error) {
	to, err := parseTarget(o.url)
	if err != nil {
		return nil, err
	}
	transport, err := o.transport(to)
	if err != nil {
		return nil, err
	}
	if _, err := o.authorization(); err != nil {
		return nil, err
	}
	// An API redirects nobody, and a token must not follow to another address.
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client{
		options: o,
		target:  to,
		http:    &http.Client{Transport: transport, Timeout: o.timeout, CheckRedirect: stay},
		stream:  &http.Client{Transport: transport, CheckRedirect: stay},
	}, nil
}

// close ends the connections that are idle.
func (c *client) close() { c.http.CloseIdleConnections() }

// refusal is an answer that is an error.
type refusal struct {
	status  int
	message string
}

func (r *refusal) Error() string { return r.message }

// unreachableError is returned where nobody answers.
type unreachableError struct {
	shown string
	err   error
}

func (e *unreachableError) Error() string {
	return fmt.Sprintf("no exporter answers at %s: %s", e.shown, reason(e.err))
}

func (e *unreachableError) Unwrap() error { return e.err }

// reason leaves out of an error what the caller says itself: the method and the address.
func reason(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if network, ok := errors.AsType[*net.OpError](err); ok && network.Op == "dial" {
		err = network.Err
	}
	if call, ok := errors.AsType[*os.SyscallError](err); ok {
		err = call.Err
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "it takes too long (--timeout)"
	}
	return plain(err.Error())
}

// maxBodyBytes bounds an answer: 50,000 processes take some 40 MB.
const maxBodyBytes = 256 << 20

// get asks for a path of the API and decodes what is under "data".
func (c *client) get(ctx context.Context, path string, values url.Values, data any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address(path, values), http.NoBody)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	if r.Header, err = c.header(); err != nil {
		return err
	}
	response, err := c.http.Do(r)
	if err != nil {
		return &unreachableError{c.target.shown, err}
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return refusalOf(response)
	}
	answer := struct {
		Status string
		Data   any
	}{Data: data}
	if err := json.NewDecoder(io.LimitReader(response.Body, maxBodyBytes)).Decode(&answer); err != nil || answer.Status != "success" {
		if ctx.Err() != nil {
			return &unreachableError{c.target.shown, ctx.Err()}
		}
		return fmt.Errorf("%s: %w", c.target.shown, errMalformed)
	}
	return nil
}

func (c *client) address(path string, values url.Values) string {
	u := c.target.base.JoinPath("api/v1", path)
	u.RawQuery = values.Encode()
	return u.String()
}

func (c *client) header() (http.Header, error) {
	authorization, err := c.options.authorization()
	h := http.Header{}
	if authorization != "" {
		h.Set("Authorization", authorization)
	}
	return h, err
}

// refusalOf reads an answer that is an error. Of an answer that is not the exporter's nothing is
// shown: it may be a page of something else.
func refusalOf(response *http.Response) error {
	const enough = 64 << 10
	var answer struct{ Status, Error string }
	err := json.NewDecoder(io.LimitReader(response.Body, enough)).Decode(&answer)
	own := err == nil && answer.Status == "error" && answer.Error != ""
	if !own {
		answer.Error = "the answer is HTTP " + response.Status
	}
	message := plain(answer.Error)
	switch response.StatusCode {
	case http.StatusUnauthorized:
		message += "; name a file with a token in --token-file, or a user in --user"
	case http.StatusNotFound:
		// A process or a moment that is not there is another thing than a path.
		if !own || strings.HasPrefix(answer.Error, "there is no /") {
			message += "; is --url that of an exporter?"
		}
	}
	return &refusal{response.StatusCode, message}
}

// query is what to ask for.
type query struct {
	// search is in the language of the exporter.
	search string
	values url.Values
}

// searched calls ask with the values of a query, and again with an earlier exporter's parameter for the search
// if this exporter does not have today's.
func (c *client) searched(q query, ask func(url.Values) error) error {
	values := url.Values{}
	maps.Copy(values, q.values)
	if q.search == "" {
		return ask(values)
	}
	if !c.before.Load() {
		values.Set("q", q.search)
		err := ask(values)
		if r, ok := errors.AsType[*refusal](err); !ok || !strings.HasPrefix(r.message, `parameter "q": unknown`) {
			return err
		}
		c.before.Store(true)
		values.Del("q")
	}
	values.Set("match", q.search)
	return ask(values)
}

// list is an answer that lists processes; those of a tree are nested.
type list struct {
	Host      string  `json:"host"`
	Time      float64 `json:"time"`
	Interval  float64 `json:"interval_seconds"`
	Role      string  `json:"role"`
	Total     int     `json:"total"`
	Matched   int     `json:"matched"`
	Processes []node  `json:"processes"`
	Tree      []node  `json:"tree"`
}

// message returns the list as the first message of a stream, and the processes in their order.
func (l *list) message() *message {
	m := &message{Type: "full", Time: l.Time, Interval: l.Interval, Role: l.Role, Total: l.Total, Matched: l.Matched, Processes: l.Processes}
	var flatten func([]node)
	flatten = func(nodes []node) {
		for _, n := range nodes {
			m.Processes = append(m.Processes, n)
			children, _ := n["children"].([]any)
			delete(n, "children")
			below := make([]node, 0, len(children))
			for _, child := range children {
				if object, ok := child.(map[string]any); ok {
					below = append(below, object)
				}
			}
			flatten(below)
		}
	}
	flatten(l.Tree)
	return m
}

// ask returns the processes of a path, "processes" or "tree".
func (c *client) ask(ctx context.Context, path string, q query) (l *list, err error) {
	err = c.searched(q, func(values url.Values) error {
		l = new(list)
		return c.get(ctx, path, values, l)
	})
	return l, err
}

// about is what does not change of a host.
type about struct {
	Name   string `json:"name"`
	OS     string `json:"os"`
	Kernel string `json:"kernel"`
	CPUs   int    `json:"cpus"`
}

// about asks for it.
func (c *client) about(ctx context.Context) (a about, err error) {
	err = c.get(ctx, "host", nil, &a)
	return a, err
}

// open begins a stream.
func (c *client) open(ctx context.Context, q query) (conn *websocket.Conn, err error) {
	err = c.searched(q, func(values url.Values) error {
		header, err := c.header()
		if err != nil {
			return err
		}
		var response *http.Response
		dialing, cancel := context.WithTimeout(ctx, c.options.timeout)
		defer cancel()
		// The body of a refusal is read already, so that there is nothing to close.
		conn, response, err = websocket.Dial(dialing, c.address("stream", values), &websocket.DialOptions{ //nolint:bodyclose // See above.
			HTTPClient: c.stream, HTTPHeader: header, CompressionMode: websocket.CompressionNoContextTakeover,
		})
		switch {
		case err == nil:
			conn.SetReadLimit(maxBodyBytes)
		case response != nil && response.StatusCode != http.StatusSwitchingProtocols:
			return refusalOf(response)
		default:
			return &unreachableError{c.target.shown, err}
		}
		return nil
	})
	return conn, err
}

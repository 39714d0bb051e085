// Package outbound makes the requests that leave Grafana's server: no redirects, no proxies,
// no addresses that no exporter can have, and a bound on everything.
package outbound

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"proctree/dashboards/live-datasource/pkg/settings"
)

// Config is what a Client is made of.
type Config struct {
	// Server names who is asked, as in "Prometheus", for errors.
	Server      string
	Credentials settings.Credentials
	// Hosts limits the hosts; the zero value admits all.
	Hosts settings.Hosts
	// Plain asks for answers that are not compressed.
	Plain bool
	// Timeout bounds a request with its answer, Body the answer's size in bytes.
	Timeout time.Duration
	Body    int64
}

// Client makes GET requests. It is safe for concurrent use.
type Client struct {
	cfg       Config
	transport *http.Transport
}

// New returns a client; the caller closes it.
func New(cfg Config) *Client {
	return &Client{cfg: cfg, transport: &http.Transport{
		// A proxy would connect in our place, past the check of the address.
		Proxy:                  nil,
		TLSClientConfig:        cfg.Credentials.TLS,
		DialContext:            guard{cfg.Hosts}.dial,
		DisableCompression:     cfg.Plain,
		TLSHandshakeTimeout:    cfg.Timeout,
		ResponseHeaderTimeout:  cfg.Timeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    2,
		IdleConnTimeout:        90 * time.Second,
		ForceAttemptHTTP2:      true,
	}}
}

// Close closes the idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Get asks for an address and gives the answer's body to read. The error is a *ServerError
// around one of those in this package, what read returned, or the network's; nothing that the
// server wrote gets into it.
func (c *Client) Get(ctx context.Context, from *url.URL, read func(io.Reader) error) error {
	if err := c.get(ctx, from, read); err != nil {
		return &ServerError{Server: c.cfg.Server, Err: err}
	}
	return nil
}

// JSON asks for an address and decodes the answer.
func (c *Client) JSON(ctx context.Context, from *url.URL, into any) error {
	return c.Get(ctx, from, func(body io.Reader) error {
		if json.NewDecoder(body).Decode(into) != nil {
			return ErrMalformed
		}
		return nil
	})
}

func (c *Client) get(ctx context.Context, from *url.URL, read func(io.Reader) error) error {
	ctx, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, from.String(), http.NoBody)
	if err != nil {
		return fmt.Errorf("make the request: %w", err)
	}
	c.authorize(request)
	// RoundTrip follows no redirect: it would carry the credentials to another place.
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return reason(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return &StatusError{response.StatusCode}
	}
	body := &bounded{from: response.Body, left: c.cfg.Body}
	err = read(body)
	if err != nil && body.err != nil {
		// The reader could only see that the text ends too soon.
		return reason(ctx, body.err)
	}
	return err
}

func (c *Client) authorize(request *http.Request) {
	request.Header.Set("User-Agent", "proctree-live-datasource")
	switch credentials := c.cfg.Credentials; {
	case credentials.Token != "":
		request.Header.Set("Authorization", "Bearer "+credentials.Token)
	case credentials.User != "":
		request.SetBasicAuth(credentials.User, credentials.Password)
	}
}

// reason prefers the end of the time to what it broke.
func reason(ctx context.Context, err error) error {
	if timeout := net.Error(nil); errors.Is(ctx.Err(), context.DeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout() {
		return fmt.Errorf("%w (%w)", ErrTooSlow, err)
	}
	return err
}

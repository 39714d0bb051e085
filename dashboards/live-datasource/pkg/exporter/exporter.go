// Package exporter asks the exporters for their processes.
package exporter

import (
	"context"
	"fmt"
	"io"
	"time"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/outbound"
	"proctree/dashboards/live-datasource/pkg/processes"
	"proctree/dashboards/live-datasource/pkg/settings"
)

// Client asks exporters; all who ask for the same within a second or two share the answer.
type Client struct {
	http   *outbound.Client
	tables *shared[*processes.Table]
	hosts  *shared[*Host]

	used    *shared[*Used]
	courses *shared[*Course]
	reports *shared[*Report]
	events  *shared[*Events]
	outline *shared[*outline]
}

// NewClient returns a client; the caller closes it.
func NewClient(http *outbound.Client, limits settings.Limits) *Client {
	places := make(chan struct{}, limits.Concurrency)
	return &Client{
		http:   http,
		tables: newShared[*processes.Table](places, limits),
		hosts:  newShared[*Host](places, limits),

		used:    newShared[*Used](places, limits),
		courses: newShared[*Course](places, limits),
		reports: newShared[*Report](places, limits),
		events:  newShared[*Events](places, limits),
		outline: newShared[*outline](places, limits),
	}
}

// Processes returns the table of a target's host, with the command lines that the exporter
// gives. It is shared: do not change it.
//
// The flat list costs the exporter and us less than the tree: nothing is sorted or nested
// there, and the parents are linked here anyway.
func (c *Client) Processes(ctx context.Context, t discovery.Target) (*processes.Table, error) {
	return c.table(ctx, question{Target: t, path: pathProcesses})
}

// ProcessesAt returns the table that the exporter recorded at a moment in the past, or ErrNotRecorded.
func (c *Client) ProcessesAt(ctx context.Context, t discovery.Target, at time.Time) (*processes.Table, error) {
	table, err := c.table(ctx, question{Target: t, path: pathProcesses, query: moment(at)})
	return table, notRecorded(err)
}

func (c *Client) table(ctx context.Context, q question) (*processes.Table, error) {
	return c.tables.get(ctx, q, func(ctx context.Context) (table *processes.Table, err error) {
		err = c.http.Get(ctx, q.url(), func(body io.Reader) error {
			table, err = decode(body)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("processes of %q: %w", q.Instance, err)
		}
		return table, nil
	})
}

// Host is what /api/v1/host says of a host as a whole. What is nil is not known.
type Host struct {
	Name   string   `json:"name"`
	CPUs   *float64 `json:"cpus"`
	Uptime *float64 `json:"uptime_seconds"`
	CPU    struct {
		BusyCores *float64 `json:"busy_cores"`
	} `json:"cpu"`
	Memory struct {
		Total     *float64 `json:"total_bytes"`
		Available *float64 `json:"available_bytes"`
	} `json:"memory"`
	Swap struct {
		Total *float64 `json:"total_bytes"`
		Free  *float64 `json:"free_bytes"`
	} `json:"swap"`
	Load     []*float64 `json:"load"`
	Pressure struct {
		CPU    *float64 `json:"cpu"`
		Memory *float64 `json:"memory"`
		IO     *float64 `json:"io"`
	} `json:"pressure"`
	Versions struct {
		Proctree string `json:"proctree"`
	} `json:"versions"`
}

// LoadOver returns the load average over 1, 5 or 15 minutes, by its place in the list.
func (h *Host) LoadOver(place int) *float64 {
	if place >= len(h.Load) {
		return nil
	}
	return h.Load[place]
}

// Host returns the numbers of a target's host. They are shared: do not change them.
func (c *Client) Host(ctx context.Context, t discovery.Target) (*Host, error) {
	return ask(ctx, c, c.hosts, question{Target: t, path: pathHost})
}

// HostAt returns the numbers that the exporter recorded at a moment in the past, or ErrNotRecorded.
func (c *Client) HostAt(ctx context.Context, t discovery.Target, at time.Time) (*Host, error) {
	return askPast(ctx, c, c.hosts, question{Target: t, path: pathHost, query: moment(at)})
}

// Close closes the connections.
func (c *Client) Close() { c.http.Close() }

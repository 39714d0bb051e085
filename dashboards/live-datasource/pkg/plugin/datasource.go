// Package plugin answers Grafana: queries, the streams of Grafana Live, the values of
// variables and the health check.
package plugin

import (
	"context"
	"fmt"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/instancemgmt"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/history"
	"proctree/dashboards/live-datasource/pkg/outbound"
	"proctree/dashboards/live-datasource/pkg/prometheus"
	"proctree/dashboards/live-datasource/pkg/settings"
)

// ID is the plugin's, as plugin.json has it.
const ID = "proctree-live-datasource"

// Datasource is one configured data source. It is safe for concurrent use; Grafana makes a
// new one when the configuration changes.
type Datasource struct {
	backend.CallResourceHandler

	settings  settings.Settings
	exporters *exporter.Client
	targets   *discovery.Resolver
	// past is nil where there is no Prometheus.
	past    *history.Past
	streams *streams
	frames  *frames
	clients []*outbound.Client
	// now is the clock.
	now func() time.Time
}

// These are what Grafana can ask for.
var (
	_ backend.QueryDataHandler      = (*Datasource)(nil)
	_ backend.CheckHealthHandler    = (*Datasource)(nil)
	_ backend.StreamHandler         = (*Datasource)(nil)
	_ backend.CallResourceHandler   = (*Datasource)(nil)
	_ instancemgmt.InstanceDisposer = (*Datasource)(nil)
)

// New makes a data source of its configuration. The error is shown to who looks at a panel.
func New(_ context.Context, from backend.DataSourceInstanceSettings) (instancemgmt.Instance, error) {
	s, err := settings.Read(from)
	if err != nil {
		return nil, backend.DownstreamError(fmt.Errorf("the data source %q is not well configured: %w", from.Name, err))
	}
	d := &Datasource{now: time.Now, settings: s, streams: newStreams(s.Limits.Streams), frames: newFrames(s.Limits.Cache)}
	d.exporters = exporter.NewClient(d.client(outbound.Config{
		Server: "The exporter", Credentials: s.Exporter, Hosts: s.AllowedHosts,
		// To compress costs the host that is looked at more than all else it does for an
		// answer, and to unpack costs us a quarter of the fetch.
		Plain: true,
	}), s.Limits)
	// An administrator wrote these two addresses: the list is about the exporters.
	asPrometheus := d.client(outbound.Config{Server: "Prometheus", Credentials: s.Prometheus})
	asHTTPSD := d.client(outbound.Config{Server: "The service discovery", Credentials: s.HTTPSD})
	source, err := discovery.NewSource(&s, asPrometheus, asHTTPSD)
	if err != nil {
		return nil, backend.DownstreamError(fmt.Errorf("the data source %q is not well configured: %w", from.Name, err))
	}
	d.targets = discovery.NewResolver(source, s.Limits.Refresh)
	if s.PrometheusURL != nil {
		d.past = &history.Past{
			Client:         prometheus.NewClient(asPrometheus, s.PrometheusURL),
			Job:            s.Job,
			ScrapeInterval: s.ScrapeInterval,
		}
	}
	d.CallResourceHandler = d.resources()
	return d, nil
}

// client makes a client with the bounds that are configured.
func (d *Datasource) client(cfg outbound.Config) *outbound.Client {
	cfg.Timeout, cfg.Body = d.settings.Limits.Timeout, d.settings.Limits.Body
	c := outbound.New(cfg)
	d.clients = append(d.clients, c)
	return c
}

// Dispose implements instancemgmt.InstanceDisposer.
func (d *Datasource) Dispose() {
	for _, c := range d.clients {
		c.Close()
	}
}

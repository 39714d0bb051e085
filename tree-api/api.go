package treeapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/go-kit/log"

	"proctree/collector/events"
	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/tree-api/access"
	"proctree/tree-api/alerts"
	"proctree/tree-api/control"
	"proctree/tree-api/exits"
	"proctree/tree-api/past"
	"proctree/tree-api/rest"
	"proctree/tree-api/share"
	"proctree/tree-api/stream"
	"proctree/tree-api/tree"
	"proctree/tree-api/web"
)

// Config sets up an API.
type Config struct {
	Source tree.Source
	// Detailer reads one process in full; nil leaves the detail out.
	Detailer host.Detailer
	// Past answers for what is recorded; nil is nothing.
	Past *past.Past
	// Exits are the ends of the last minutes; nil is none.
	Exits *exits.Journal
	// Events are what happened to processes lately; nil where they are switched off.
	Events *events.Log
	// Host names the host.
	Host rest.HostInfo
	// Version is the exporter's own.
	Version string
	// Logger gets one line for each failure that is not the caller's; nil is none.
	Logger log.Logger
	// Access decides who may see what; nil is this host alone.
	Access *access.Control
	Limits Limits
	// Control says what controllers may do to processes. Its Actor, Signals, Rules, OwnPID and
	// Sinks are to be set, the rest is the API's own. Without an Actor it is switched off.
	Control control.Config
	// MetricsPath is where /metrics is, for the link on the page of those who may not see
	// the tree; "" is /metrics.
	MetricsPath string
	// Alerts tells which alerts are firing; nil is none.
	Alerts *alerts.Source
	// GrafanaURL is where the page links to for history; "" is nowhere.
	GrafanaURL string
}

// Limits bound what callers can make the API do. A zero is the default.
type Limits struct {
	// RequestTimeout is how long a request may take, 10 s; a stream has no end.
	RequestTimeout time.Duration
	// MaxRequests is how many requests are answered at once, 40; further ones get 503. A
	// caller who is alone can have three quarters of them, of the streams too.
	MaxRequests int
	// MaxStreams is how many streams there may be at once, 64; further ones get 503.
	MaxStreams int
}

// The defaults of Limits.
const (
	DefaultRequestTimeout = 10 * time.Second
	DefaultMaxRequests    = 40
)

// API answers for the process tree. It is an http.Handler for "/" and all below it that
// is not the exporter's own. Safe for concurrent use.
type API struct {
	cfg     Config
	handler http.Handler
	// assets are the files of the page by their path.
	assets  map[string]web.File
	models  *tree.Models
	calls   *rest.Calls
	streams *stream.Streams
	control *control.Control
}

// New returns an API. It reads nothing before the first request.
func New(cfg Config) (*API, error) {
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	a := &API{cfg: cfg, models: tree.NewModels(cfg.Source)}
	if a.assets, err = readAssets(); err != nil {
		return nil, fmt.Errorf("files of the page: %w", err)
	}
	a.control = a.newControl()
	work, requests := share.NewWork(), share.NewLimiter(cfg.Limits.MaxRequests)
	a.calls = rest.New(rest.Config{
		Models:         a.models,
		Detailer:       cfg.Detailer,
		Past:           cfg.Past,
		Exits:          cfg.Exits,
		Events:         cfg.Events,
		Host:           cfg.Host,
		Version:        cfg.Version,
		Logger:         cfg.Logger,
		Access:         cfg.Access,
		Alerts:         cfg.Alerts,
		GrafanaURL:     cfg.GrafanaURL,
		Control:        a.control.Enabled(),
		RequestTimeout: cfg.Limits.RequestTimeout,
		Limiter:        requests,
		Work:           work,
	})
	a.streams = stream.New(stream.Config{
		Models:         a.models,
		Events:         cfg.Events,
		Past:           cfg.Past,
		Requests:       requests,
		Logger:         cfg.Logger,
		Access:         cfg.Access,
		RequestTimeout: cfg.Limits.RequestTimeout,
		Limiter:        share.NewLimiter(cfg.Limits.MaxStreams),
		Work:           work,
	})
	a.handler, err = a.routes()
	return a, err
}

func (a *API) newControl() *control.Control {
	cfg := a.cfg.Control
	cfg.Access = a.cfg.Access
	if cfg.Report == nil {
		cfg.Report = a.models.Report
	}
	cfg.HostName = a.cfg.Host.Name
	cfg.Logger = a.cfg.Logger
	cfg.Timeout = a.cfg.Limits.RequestTimeout
	return control.New(cfg)
}

// ActionCount returns how many attempts to act on a process had an action and a result, each
// one of control.Actions and control.Results.
func (a *API) ActionCount(action, result string) uint64 { return a.control.Count(action, result) }

func (cfg Config) withDefaults() (Config, error) {
	if cfg.Logger == nil {
		cfg.Logger = log.NewNopLogger()
	}
	if cfg.Limits.RequestTimeout <= 0 {
		cfg.Limits.RequestTimeout = DefaultRequestTimeout
	}
	if cfg.Limits.MaxRequests <= 0 {
		cfg.Limits.MaxRequests = DefaultMaxRequests
	}
	if cfg.Limits.MaxStreams <= 0 {
		cfg.Limits.MaxStreams = stream.DefaultMaxStreams
	}
	if cfg.MetricsPath == "" {
		cfg.MetricsPath = "/metrics"
	}
	if cfg.Access == nil {
		control, err := access.New(access.Config{Logger: cfg.Logger})
		if err != nil {
			return cfg, err
		}
		cfg.Access = control
	}
	return cfg, nil
}

// Refresh shows a report that another configuration made, also to those who are following.
// From then on the Source must return this report or a newer one.
func (a *API) Refresh(report *group.Report) {
	a.calls.Refresh()
	a.streams.Refresh(report)
}

// ObserveControl records attempts to act on processes that are refused before they get to the API. It
// is to be the outermost handler of the server.
func (a *API) ObserveControl(next http.Handler) http.Handler { return a.control.Observe(next) }

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }

// Close ends all streams and waits for them until ctx ends. New ones are refused.
func (a *API) Close(ctx context.Context) error {
	defer a.cfg.Past.Close()
	defer a.control.Close()
	return a.streams.Close(ctx)
}

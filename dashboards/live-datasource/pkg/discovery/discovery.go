// Package discovery learns where the exporters are. A browser names an instance; only what
// is found here says which host and port that is.
package discovery

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"proctree/dashboards/live-datasource/pkg/outbound"
	"proctree/dashboards/live-datasource/pkg/settings"
)

// Target is an exporter.
type Target struct {
	// Instance is the label by which people and Prometheus know it.
	Instance string
	// Scheme and Host, which has the port, are where it listens. There is no path: nobody
	// but us chooses what is asked there.
	Scheme, Host string
}

// URL returns the address of a path on the target.
func (t Target) URL(path string) *url.URL {
	return &url.URL{Scheme: t.Scheme, Host: t.Host, Path: path}
}

// Source lists the targets. Of two with the same instance and different hosts, both are in
// the list.
type Source interface {
	Targets(ctx context.Context) ([]Target, error)
}

// Errors of Resolver.Resolve.
var (
	ErrUnknown   = errors.New("no such instance")
	ErrAmbiguous = errors.New("several targets have this instance")
)

// maxTargets bounds what a source can make us keep.
const maxTargets = 20_000

// errTooMany is returned for a source with more targets than that.
var errTooMany = fmt.Errorf("more than %d targets", maxTargets)

// NewSource returns the source that the settings ask for.
func NewSource(s *settings.Settings, prometheus, httpSD *outbound.Client) (Source, error) {
	switch s.Discovery {
	case settings.FromList:
		return newList(s.Targets)
	case settings.FromHTTP:
		return httpSource{client: httpSD, from: s.HTTPSDURL}, nil
	default:
		return prometheusSource{client: prometheus, from: s.PrometheusURL, job: s.Job}, nil
	}
}

// newTarget checks what a source says of a target.
func newTarget(instance, scheme, host string) (Target, error) {
	u := &url.URL{Scheme: scheme, Host: host}
	again, err := url.Parse(u.String())
	switch {
	case scheme != "http" && scheme != "https":
		return Target{}, fmt.Errorf("target %q: must be http or https, not %q", instance, scheme)
	case err != nil || host == "" || again.Host != host || again.User != nil || again.Path != "" || again.RawQuery != "":
		return Target{}, fmt.Errorf("target %q: must be HOST:PORT", instance)
	}
	if instance == "" {
		instance = host
	}
	return Target{Instance: instance, Scheme: scheme, Host: host}, nil
}

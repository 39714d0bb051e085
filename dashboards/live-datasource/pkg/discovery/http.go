package discovery

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"proctree/dashboards/live-datasource/pkg/outbound"
)

// httpSource asks a service that answers as Prometheus' HTTP service discovery does.
type httpSource struct {
	client *outbound.Client
	from   *url.URL
}

// targetGroup is an element of the answer. Of the labels, instance and __scheme__ matter.
type targetGroup struct {
	Targets []string
	Labels  map[string]string
}

// Targets implements Source. One target that makes no sense hides no other.
func (h httpSource) Targets(ctx context.Context) ([]Target, error) {
	var groups []targetGroup
	if err := h.client.JSON(ctx, h.from, &groups); err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	var targets []Target
	for _, g := range groups {
		for _, host := range g.Targets {
			target, err := newTarget(g.Labels["instance"], cmp.Or(g.Labels["__scheme__"], "http"), host)
			if err == nil {
				targets = append(targets, target)
			}
			if len(targets) > maxTargets {
				return nil, errTooMany
			}
		}
	}
	return targets, nil
}

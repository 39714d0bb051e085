package discovery

import (
	"context"
	"fmt"
	"net/url"

	"proctree/dashboards/live-datasource/pkg/outbound"
)

// prometheusSource asks Prometheus for the targets of a job.
type prometheusSource struct {
	client *outbound.Client
	from   *url.URL
	job    string
}

// activeTargets is the part of an answer of /api/v1/targets that matters here.
type activeTargets struct {
	Status string
	Data   struct {
		ActiveTargets []struct {
			Labels    struct{ Instance, Job string }
			ScrapeURL string `json:"scrapeUrl"`
		}
	}
}

// Targets implements Source. The scrape pool mostly has the name of the job, and asking for
// it spares Prometheus and us the targets of all other jobs; where relabelling names the
// job, all pools are asked.
func (p prometheusSource) Targets(ctx context.Context) ([]Target, error) {
	found, err := p.ask(ctx, url.Values{"state": {"active"}, "scrapePool": {p.job}})
	if err == nil && len(found) == 0 {
		found, err = p.ask(ctx, url.Values{"state": {"active"}})
	}
	return found, err
}

func (p prometheusSource) ask(ctx context.Context, query url.Values) ([]Target, error) {
	from := p.from.JoinPath("api/v1/targets")
	from.RawQuery = query.Encode()
	var answer activeTargets
	err := p.client.JSON(ctx, from, &answer)
	if err == nil && answer.Status != "success" {
		err = &outbound.ServerError{Server: "Prometheus", Err: outbound.ErrMalformed}
	}
	if err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	var targets []Target
	for _, t := range answer.Data.ActiveTargets {
		if t.Labels.Job != p.job {
			continue
		}
		// The label is what the target calls itself. Where it listens is what Prometheus
		// scrapes, of which the path and the parameters are dropped.
		scraped, err := url.Parse(t.ScrapeURL)
		if err != nil {
			continue
		}
		if target, err := newTarget(t.Labels.Instance, scraped.Scheme, scraped.Host); err == nil {
			targets = append(targets, target)
		}
		if len(targets) > maxTargets {
			return nil, errTooMany
		}
	}
	return targets, nil
}

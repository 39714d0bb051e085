package plugin

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// samples is how many exporters the health check asks: some hosts are always down.
const samples = 3

// CheckHealth implements backend.CheckHealthHandler: it looks for the exporters, asks some of
// them and Prometheus, and says what is wrong in a sentence.
func (d *Datasource) CheckHealth(ctx context.Context, _ *backend.CheckHealthRequest) (*backend.CheckHealthResult, error) {
	message, err := d.health(ctx)
	if err != nil {
		backend.Logger.Warn("health check failed", "error", err)
		return &backend.CheckHealthResult{Status: backend.HealthStatusError, Message: message}, nil
	}
	return &backend.CheckHealthResult{Status: backend.HealthStatusOk, Message: message}, nil
}

func (d *Datasource) health(ctx context.Context) (string, error) {
	instances, err := d.targets.Instances(ctx)
	if err != nil {
		return explain(err), err
	}
	if len(instances) == 0 {
		return fmt.Sprintf("There is no exporter: %s.", d.settings.WhereTargetsAre()), errNoTargets
	}
	answered, failures := d.sample(ctx, instances)
	if answered == "" {
		return strings.Join(failures, " "), errNoExporter
	}
	message := fmt.Sprintf("%d exporters are known; %s answers.", len(instances), answered)
	if len(instances) == 1 {
		message = fmt.Sprintf("1 exporter is known, and %s answers.", answered)
	}
	if d.past == nil {
		return message + " Without Prometheus, the past is only what exporters recorded.", nil
	}
	if err := d.past.Client.Ping(ctx); err != nil {
		return explain(err), err
	}
	return strings.Join(append([]string{message}, failures...), " "), nil
}

// Reasons why the health check failed, for the log.
var (
	errNoTargets  = errors.New("no targets")
	errNoExporter = errors.New("none of the exporters asked can be used")
)

// sample asks a few exporters for what everybody wants to see, and returns one that answers
// and what is wrong with the others.
func (d *Datasource) sample(ctx context.Context, instances []string) (answered string, failures []string) {
	for _, instance := range instances[:min(samples, len(instances))] {
		table, err := d.live(ctx, instance)
		if err != nil {
			backend.Logger.Warn("exporter failed", "instance", instance, "error", err)
			failures = append(failures, fmt.Sprintf("%s: %s", instance, explain(err)))
			continue
		}
		if answered == "" {
			answered = fmt.Sprintf("%s (%d processes)", instance, table.Len())
		}
	}
	return answered, failures
}

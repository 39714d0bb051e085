// Package parts starts the programs of a monitoring system on loopback.
package parts

import (
	"context"

	"proctree/deploy/programs"
)

// Part is a program under way.
type Part struct{ *programs.Program }

// Start runs a program, in whose arguments ADDRESS stands for a free one on loopback, until
// it answers at the path.
func Start(ctx context.Context, ready, program string, args ...string) (*Part, error) {
	p, err := programs.Start(ctx, programs.Config{Path: program, Args: args, Ready: ready})
	if err != nil {
		return nil, err
	}
	return &Part{p}, nil
}

// startTimestamps is how agent.yml and site.yml say that Prometheus is started.
const startTimestamps = "--enable-feature=created-timestamp-zero-ingestion"

// Prometheus starts one with a configuration, in a folder of its own.
func Prometheus(ctx context.Context, config, dir string, flags ...string) (*Part, error) {
	args := append([]string{
		"--config.file=" + config, "--web.listen-address=ADDRESS", "--log.level=warn",
		"--storage.tsdb.path=" + dir, startTimestamps,
	}, flags...)
	return Start(ctx, "/-/ready", "prometheus", args...)
}

// Agent starts a Prometheus that scrapes and sends, and keeps nothing.
func Agent(ctx context.Context, config, dir string) (*Part, error) {
	return Start(ctx, "/-/ready", "prometheus", "--agent", "--config.file="+config, "--web.listen-address=ADDRESS",
		"--log.level=warn", "--storage.agent.path="+dir, startTimestamps)
}

// VictoriaMetrics starts one that shows at once what it was sent.
func VictoriaMetrics(ctx context.Context, dir string) (*Part, error) {
	return Start(ctx, "/health", "victoria-metrics", "-httpListenAddr=ADDRESS", "-storageDataPath="+dir,
		"-search.latencyOffset=0s", "-loggerLevel=WARN", "-memory.allowedPercent=20")
}

// Eventually repeats what is asked for until there is no error.
func Eventually(ctx context.Context, try func() error) error {
	return programs.Eventually(ctx, programs.Patience, try)
}

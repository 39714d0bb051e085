package main

import (
	"fmt"
	"io"

	"github.com/prometheus/common/version"

	"proctree/collector/group/rules"
	"proctree/collector/host"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
	"proctree/tree-api/past"
	"proctree/tree-api/rest"
)

// newControl returns what decides who may see the tree.
func (e *exporter) newControl() (*access.Control, error) {
	external, err := access.ParseExternal(e.settings.externalURL)
	if err != nil {
		return nil, fmt.Errorf("--web.external-url: %w", err)
	}
	control, err := access.New(access.Config{
		Policy:         e.policy,
		Local:          e.localRole,
		AllowedOrigins: e.settings.allowedOrigins,
		External:       external,
		Logger:         e.loggers.root,
	})
	if err != nil {
		return nil, fmt.Errorf("--api.allowed-origin: %w", err)
	}
	return control, nil
}

// newTree returns the handler of the process tree.
func (e *exporter) newTree() (*treeapi.API, error) {
	cfg := e.settings.hostConfig(e.loggers.root)
	info := host.ReadInfo(cfg)
	detailer, err := host.NewDetailer(cfg)
	if err != nil {
		return nil, fmt.Errorf("open the details of processes: %w", err)
	}
	actions, err := e.controlConfig()
	if err != nil {
		return nil, err
	}
	firing, err := e.settings.prometheus.newSource(info.Name, e.loggers.root)
	if err != nil {
		return nil, err
	}
	e.source.exits.Excludes = func(s *rules.Subject) bool {
		policy := e.pastPolicy()
		s.Shown = policy.Shown
		return policy.Rules != nil && policy.Rules.HasExclusions() && policy.Rules.Excludes(s)
	}
	e.source.exits.Group = func(recorded string, s rules.Subject) string { return e.pastPolicy().Names.Group(recorded, s) }
	return treeapi.New(treeapi.Config{
		Alerts:      firing,
		Control:     actions,
		Source:      e.source,
		Detailer:    detailer,
		Exits:       &e.source.exits,
		Events:      e.events.log(),
		Past:        e.past(),
		Host:        rest.HostInfo{Name: info.Name, OS: info.Platform, Kernel: info.Kernel, Arch: info.Arch},
		Version:     version.Version,
		Logger:      e.loggers.root,
		Access:      e.access,
		MetricsPath: e.settings.telemetryPath,
		GrafanaURL:  e.settings.grafanaURL,
		Limits:      treeapi.Limits{MaxStreams: e.settings.maxStreams},
	})
}

// past answers for the recording; nil where nothing is recorded.
func (e *exporter) past() *past.Past {
	dir := e.settings.history.dir
	if dir == "" {
		return nil
	}
	return past.New(past.Config{Dir: dir, Policy: e.pastPolicy})
}

// pastPolicy is what holds for recorded processes.
func (e *exporter) pastPolicy() *past.Policy { return e.current.Load().past }

// newToken is --api.new-token.
func newToken(s *settings, out io.Writer) error {
	role, err := access.ParseRole(s.newTokenRole)
	if err != nil {
		return fmt.Errorf("--api.role: %w", err)
	}
	secret, entry, err := access.NewToken(s.newTokenName, role)
	if err != nil {
		return fmt.Errorf("--api.new-token: %w", err)
	}
	_, err = fmt.Fprintf(out, "The secret, shown this once:\n\n%s\n\n"+
		"Add to the file of --api.token-file, below \"tokens:\":\n\n%s", secret, entry)
	return err
}

package main

import (
	"fmt"
	"io"
	"net/http"

	"github.com/go-kit/log"
	"github.com/prometheus/common/version"

	"proctree/collector/host"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
	"proctree/tree-api/rest"
)

// newControl returns what decides who may see the tree.
func newControl(s *settings, logger log.Logger) (*access.Control, error) {
	front, err := frontDoor(*s.web.WebConfigFile).role()
	if err != nil {
		return nil, err
	}
	control, err := access.New(access.Config{
		TokenFile:      s.tokenFile,
		FrontRole:      front,
		AllowedOrigins: s.allowedOrigins,
		Logger:         logger,
	})
	if err != nil {
		return nil, fmt.Errorf("access to the process tree: %w", err)
	}
	return control, nil
}

// newTree returns the handler of the process tree.
func (e *exporter) newTree(privacy treeapi.Privacy) (*treeapi.API, error) {
	cfg := e.settings.hostConfig(e.loggers.root)
	info := host.ReadInfo(cfg)
	detailer, err := host.NewDetailer(cfg)
	if err != nil {
		return nil, fmt.Errorf("open the details of processes: %w", err)
	}
	return treeapi.New(treeapi.Config{
		Source:      e.source,
		Detailer:    detailer,
		Host:        rest.HostInfo{Name: info.Name, OS: info.Platform, Kernel: info.Kernel, Arch: info.Arch},
		Version:     version.Version,
		Logger:      e.loggers.root,
		Access:      e.access,
		Privacy:     privacy,
		MetricsPath: e.settings.telemetryPath,
		GrafanaURL:  e.settings.grafanaURL,
		Limits:      treeapi.Limits{MaxStreams: e.settings.maxStreams},
	})
}

// treeHandler is the tree behind its front door.
func (e *exporter) treeHandler() http.Handler {
	return frontDoor(*e.settings.web.WebConfigFile).guard(e.tree)
}

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

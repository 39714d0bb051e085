package main

import (
	"fmt"
	"net/http"
	"runtime"

	"github.com/prometheus/common/version"

	"proctree/collector/host"
	treeapi "proctree/tree-api"
	"proctree/tree-api/access"
)

// newTree returns the handler of the process tree.
func (e *exporter) newTree(reader host.Reader, privacy treeapi.Privacy) (*treeapi.API, error) {
	s := e.settings
	front, err := frontDoor(*s.web.WebConfigFile).role()
	if err != nil {
		return nil, err
	}
	control, err := access.New(access.Config{
		FrontRole:      front,
		AllowedOrigins: s.allowedOrigins,
		Logger:         e.loggers.root,
	})
	if err != nil {
		return nil, fmt.Errorf("--api.allowed-origin: %w", err)
	}
	identity := host.Identify(s.hostConfig(e.loggers.root))
	detailer, _ := reader.(host.Detailer)
	return treeapi.New(treeapi.Config{
		Source:   e.source,
		Detailer: detailer,
		Host: treeapi.HostInfo{
			Name:   identity.Name,
			OS:     runtime.GOOS,
			Kernel: identity.Kernel,
			Arch:   runtime.GOARCH,
		},
		Version:     version.Version,
		Logger:      e.loggers.root,
		Access:      control,
		Privacy:     privacy,
		MetricsPath: s.telemetryPath,
	})
}

// treeHandler is the tree behind its front door.
func (e *exporter) treeHandler() http.Handler {
	return frontDoor(*e.settings.web.WebConfigFile).guard(e.tree)
}

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"proctree/deploy/stack/redirect"
)

// layOut writes the configurations into the folder: those of deploy/, with the addresses of
// this stack. What a user may have changed there (proctree.yml, further targets) stays.
func (s *stack) layOut() error {
	if err := s.layOutPrometheus(); err != nil {
		return fmt.Errorf("configuration of Prometheus: %w", err)
	}
	if err := s.layOutAlertmanager(); err != nil {
		return fmt.Errorf("configuration of Alertmanager: %w", err)
	}
	if err := s.layOutGrafana(); err != nil {
		return fmt.Errorf("configuration of Grafana: %w", err)
	}
	groups := s.path("proctree.yml")
	if _, err := os.Stat(groups); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return s.install(groups, "deploy", "systemd", "proctree.yml")
}

func (s *stack) layOutPrometheus() error {
	if err := s.install(s.path("prometheus", "prometheus.yml"), "deploy", "prometheus", "prometheus.yml"); err != nil {
		return err
	}
	files := map[string]string{
		"targets/this-host.yml":       loopback(s.ports.exporter),
		"alertmanagers/this-host.yml": loopback(s.ports.alertmanager),
	}
	for name, address := range files {
		if err := write(s.path("prometheus", filepath.FromSlash(name)), fmt.Appendf(nil, "- targets: [%q]\n", address)); err != nil {
			return err
		}
	}
	return link(s.sourcePath("alerting-rules"), s.path("prometheus", "rules"))
}

func (s *stack) layOutAlertmanager() error {
	config, err := os.ReadFile(s.sourcePath("deploy", "alertmanager", "alertmanager.yml"))
	if err != nil {
		return err
	}
	config, err = redirect.Config(config, redirect.Mailbox{
		SMTP: loopback(s.ports.smtp), URL: "http://" + loopback(s.ports.mailbox),
	})
	if err != nil {
		return err
	}
	if err := write(s.path("alertmanager", "alertmanager.yml"), config); err != nil {
		return err
	}
	return link(s.sourcePath("deploy", "alertmanager", "templates"), s.path("alertmanager", "templates"))
}

// install copies a file of the checkout.
func (s *stack) install(to string, from ...string) error {
	text, err := os.ReadFile(s.sourcePath(from...))
	if err != nil {
		return err
	}
	return write(to, text)
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

// link makes a symbolic link, in place of the one that may be there.
func link(to, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Symlink(to, path)
}

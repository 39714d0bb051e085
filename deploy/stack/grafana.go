package main

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"proctree/deploy/stack/process"
)

// grafana returns how to run Grafana, if there is one: in the folder given, or on PATH. It
// takes the files of deploy/grafana as they are; what is of this stack comes by variables.
func (s *stack) grafana() (part, bool) {
	program, home, found := s.findGrafana()
	if !found {
		return part{}, false
	}
	address := loopback(s.ports.grafana)
	env := []string{
		"GF_SERVER_HTTP_PORT=" + strconv.FormatUint(uint64(s.ports.grafana), 10),
		"GF_SERVER_ROOT_URL=http://" + address + "/",
		"GF_SECURITY_ADMIN_PASSWORD=$__file{" + s.path("grafana", "admin_password") + "}",
		"GF_SECURITY_SECRET_KEY=$__file{" + s.path("grafana", "secret_key") + "}",
		// There is no TLS on loopback.
		"GF_SECURITY_COOKIE_SECURE=false",
		"GF_PATHS_DATA=" + s.path("grafana", "data"),
		"GF_PATHS_LOGS=" + s.path("log"),
		"GF_PATHS_PLUGINS=" + s.path("grafana", "plugins"),
		"GF_PATHS_PROVISIONING=" + s.sourcePath("deploy", "grafana", "provisioning"),
		"PROCTREE_DASHBOARDS=" + s.sourcePath("dashboards", "json"),
		"PROCTREE_PROMETHEUS_URL=http://" + loopback(s.ports.prometheus),
		"PROCTREE_ALERTMANAGER_URL=http://" + loopback(s.ports.alertmanager),
		"PROCTREE_SCRAPE_INTERVAL=15s",
		// The exporter is on this host: the tree needs no token.
		"GF_PROCTREE_EXPORTER_TOKEN=",
	}
	return part{
		Program: process.Program{
			Name: "grafana", Path: program, Env: env,
			Args: []string{"server", "--homepath", home, "--config", s.sourcePath("deploy", "grafana", "grafana.ini")},
		},
		ready:   "http://" + address + "/api/health",
		listens: map[string]string{address: "GRAFANA_PORT"},
	}, true
}

// findGrafana returns the program and the folder with its pages.
func (s *stack) findGrafana() (program, home string, found bool) {
	if s.grafanaHome != "" {
		program, err := exec.LookPath(filepath.Join(s.grafanaHome, "bin", "grafana"))
		return program, s.grafanaHome, err == nil
	}
	program, err := exec.LookPath("grafana")
	if err != nil {
		return "", "", false
	}
	// The distributions' packages have the pages elsewhere than the program.
	for _, home := range []string{"/usr/share/grafana", filepath.Dir(filepath.Dir(program))} {
		if _, err := os.Stat(filepath.Join(home, "public")); err == nil {
			return program, home, true
		}
	}
	return "", "", false
}

// layOutGrafana makes the secrets, once, and links the plugins that are built.
func (s *stack) layOutGrafana() error {
	for _, secret := range []string{"admin_password", "secret_key"} {
		path := s.path("grafana", secret)
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err := write(path, []byte(rand.Text())); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(s.path("grafana", "plugins"), 0o700); err != nil {
		return err
	}
	for id, built := range map[string]string{
		"proctree-tree-panel":      s.sourcePath("dashboards", "tree-panel", "dist"),
		"proctree-live-datasource": s.sourcePath("dashboards", "live-datasource", "dist"),
	} {
		if _, err := os.Stat(built); err != nil {
			continue
		}
		if err := link(built, s.path("grafana", "plugins", id)); err != nil {
			return err
		}
	}
	return nil
}

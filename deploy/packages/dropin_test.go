package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	serviceFile = "../systemd/proctree_exporter.service"
	// dropInFile gives the service the rights to act on processes.
	dropInFile = "../systemd/control.conf"
)

// TestControlDropIn holds what the drop-in adds to the unit, as systemd reads the two together:
// the two capabilities, and the one system call that the unit refuses.
func TestControlDropIn(t *testing.T) {
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("SKIPPED: what the drop-in for control adds, which needs systemd-analyze")
	}
	without, with := unitRoot(t, false), unitRoot(t, true)
	if out := command(t, "systemd-analyze", "--root="+with, "--man=no", "verify", "proctree_exporter.service"); out != "" {
		t.Errorf("systemd says: %s", out)
	}
	before, after := exposures(t, without), exposures(t, with)
	var changed []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if before[name] != after[name] {
			changed = append(changed, name)
		}
	}
	want := []string{"CapabilityBoundingSet=~CAP_KILL", "CapabilityBoundingSet=~CAP_SYS_(NICE|RESOURCE)"}
	if !slices.Equal(changed, want) {
		t.Errorf("the drop-in changes %q, want %q", changed, want)
	}
	for _, call := range []string{"pidfd_open", "pidfd_send_signal"} {
		if !allowedCalls(t, serviceFile)[call] {
			t.Errorf("the unit refuses %s", call)
		}
	}
	if allowedCalls(t, serviceFile)["setpriority"] || !allowedCalls(t, serviceFile, dropInFile)["setpriority"] {
		t.Error("setpriority must be allowed by the drop-in, and by it only")
	}
}

// TestControlDropInIsNotInstalled: an administrator copies it.
func TestControlDropInIsNotInstalled(t *testing.T) {
	data, err := os.ReadFile("nfpm.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); strings.Contains(text, ".service.d") || !strings.Contains(text, "dst: /usr/share/doc/proctree-exporter/control.conf") {
		t.Error("the package must have the drop-in among its documents only")
	}
}

// unitRoot makes a root with the unit, and all that the unit names.
func unitRoot(t *testing.T, dropIn bool) string {
	t.Helper()
	root := t.TempDir()
	units := filepath.Join(root, "etc/systemd/system")
	copyTo(t, serviceFile, filepath.Join(units, "proctree_exporter.service"), 0o644)
	if dropIn {
		copyTo(t, dropInFile, filepath.Join(units, "proctree_exporter.service.d/control.conf"), 0o644)
	}
	targets, err := filepath.Glob("/lib/systemd/system/*.target")
	if err != nil || len(targets) == 0 {
		t.Fatalf("no units of systemd: %v", err)
	}
	for _, target := range targets {
		copyTo(t, target, filepath.Join(root, target), 0o644)
	}
	// systemd wants the programs of the unit to be there.
	for _, program := range []string{"/usr/bin/proctree_exporter", "/bin/sh"} {
		copyTo(t, "/bin/true", filepath.Join(root, program), 0o755)
	}
	return root
}

func copyTo(t *testing.T, from, to string, mode os.FileMode) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, mode); err != nil {
		t.Fatal(err)
	}
}

// exposures are what systemd says of the unit in a root, by setting.
func exposures(t *testing.T, root string) map[string]string {
	t.Helper()
	var list []struct{ Name, Exposure string }
	out := command(t, "systemd-analyze", "security", "--offline=true", "--root="+root, "--json=short", "proctree_exporter.service")
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) == 0 {
		t.Fatalf("%v: %s", err, out)
	}
	all := map[string]string{}
	for _, setting := range list {
		all[setting.Name] = setting.Exposure
	}
	return all
}

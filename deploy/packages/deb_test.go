package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"proctree/deploy/programs"
)

const (
	configFile   = "/etc/proctree/proctree.yml"
	defaultsFile = "/etc/default/proctree_exporter"
	wantedUnit   = "/etc/systemd/system/multi-user.target.wants/proctree_exporter.service"
)

// TestDebianPackage takes a package through its whole life in a Debian without systemd.
func TestDebianPackage(t *testing.T) {
	root := newRoot(t)
	first := find(t, makeRelease(t, "../..", "v1.0.0"), ".deb")
	changed := copyRoot(t)
	appendTo(t, filepath.Join(changed, "deploy/systemd/proctree.yml"), "# New in version 1.1.0.\n")
	second := find(t, makeRelease(t, changed, "v1.1.0"), ".deb")
	before := listing(t, root)

	install(t, root, first)
	checkVersion(t, root, "v1.0.0")
	checkExists(t, root, true, wantedUnit)
	address := programs.Address(t)
	appendTo(t, root+defaultsFile, fmt.Sprintf("ARGS=%q\n", "--web.listen-address="+address))
	appendTo(t, root+configFile, "groups:\n  - group: by the administrator\n    name: .*\n")
	checkService(t, root, address)

	install(t, root, second)
	checkVersion(t, root, "v1.1.0")
	checkExists(t, root, true, wantedUnit, configFile+".dpkg-dist")
	checkService(t, root, address)

	command(t, "chroot", root, "dpkg", "--remove", "proctree-exporter")
	checkExists(t, root, false, "/usr/bin/proctree_exporter", "/lib/systemd/system/proctree_exporter.service")
	checkExists(t, root, true, configFile, defaultsFile)

	install(t, root, second)
	checkExists(t, root, true, wantedUnit, "/usr/bin/proctree_exporter")

	command(t, "chroot", root, "dpkg", "--purge", "proctree-exporter")
	for _, name := range listing(t, root) {
		if !slices.Contains(before, name) {
			t.Errorf("the purge leaves %s", name)
		}
	}
	command(t, "chroot", root, "getent", "passwd", "proctree")
	if out := command(t, "chroot", root, "dpkg", "--audit"); out != "" {
		t.Errorf("dpkg --audit: %s", out)
	}
}

// checkService runs the installed program as the unit would, and looks at it from outside.
func checkService(t *testing.T, root, address string) {
	t.Helper()
	service := startService(t, root)
	metrics := scrape(t, address)
	for _, want := range []string{
		`proctree_group_processes{group="by the administrator",state="running"}`,
		"proctree_config_last_reload_successful 1",
	} {
		if !strings.Contains(metrics, want) {
			t.Errorf("no %s in /metrics", want)
		}
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", service.Pid))
	if err != nil {
		t.Fatal(err)
	}
	uid := strings.Split(command(t, "chroot", root, "getent", "passwd", "proctree"), ":")[2]
	// CAP_PERFMON is 38 and CAP_BPF is 39 (linux/capability.h).
	for _, want := range []string{
		fmt.Sprintf("Uid:\t%[1]s\t%[1]s\t%[1]s\t%[1]s\n", uid), "NoNewPrivs:\t1\n",
		"CapEff:\t000000c000000000\n", "CapBnd:\t000000c000000000\n",
	} {
		if !strings.Contains(string(status), want) {
			t.Errorf("no %q in the status of the service:\n%s", want, status)
		}
	}
	// The unit's ExecReload.
	if err := service.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	scrape(t, address)
	if err := service.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if state, err := service.Wait(); err != nil || !state.Success() {
		t.Errorf("the service ends with %v, %v", state, err)
	}
}

// scrape waits until the service listens.
func scrape(t *testing.T, address string) string {
	t.Helper()
	service := programs.Program{URL: "http://" + address}
	var metrics string
	err := programs.Eventually(t.Context(), programs.Patience, func() (err error) {
		metrics, err = service.Get(t.Context(), "/metrics")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return metrics
}

func checkVersion(t *testing.T, root, want string) {
	t.Helper()
	if got := command(t, "chroot", root, "proctree_exporter", "--version"); !strings.Contains(got, "version "+want+" ") {
		t.Errorf("the installed program says %q, want version %s", got, want)
	}
}

func checkExists(t *testing.T, root string, want bool, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := os.Lstat(root + name); (err == nil) != want {
			t.Errorf("%s: exists %t, want %t", name, err == nil, want)
		}
	}
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(data, text...), 0o644); err != nil {
		t.Fatal(err)
	}
}

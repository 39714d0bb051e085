package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// unitFile is where the Debian package has the unit.
const unitFile = "/lib/systemd/system/proctree_exporter.service"

// readUnit reads the settings of a unit; of one that comes twice, the last.
func readUnit(t *testing.T, path string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	settings := make(map[string]string)
	for line := range strings.Lines(string(data)) {
		key, value, found := strings.Cut(strings.TrimSpace(line), "=")
		if found && !strings.HasPrefix(key, "#") {
			settings[key] = value
		}
	}
	return settings
}

// startService starts what the unit in a root says, with its user, capabilities and flags,
// and ends it with the test. systemd itself does not run in tests.
func startService(t *testing.T, root string) *os.Process {
	t.Helper()
	unit := readUnit(t, root+unitFile)
	defaults := readUnit(t, root+strings.TrimPrefix(unit["EnvironmentFile"], "-"))
	start := strings.ReplaceAll(unit["ExecStart"], "$ARGS", strings.Trim(defaults["ARGS"], `"`))
	granted := func(key string) string {
		set := []string{"-all"}
		for capability := range strings.FieldsSeq(unit[key]) {
			set = append(set, "+"+strings.ToLower(strings.TrimPrefix(capability, "CAP_")))
		}
		return strings.Join(set, ",")
	}
	args := []string{
		"--mount", "sh", "-c", `mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"`, root,
		"setpriv", "--reuid", unit["User"], "--regid", unit["Group"], "--init-groups", "--no-new-privs",
		"--inh-caps", granted("AmbientCapabilities"), "--ambient-caps", granted("AmbientCapabilities"),
		"--bounding-set", granted("CapabilityBoundingSet"),
	}
	var said bytes.Buffer
	cmd := exec.Command("unshare", append(args, strings.Fields(start)...)...)
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_, _ = cmd.Process.Wait()
		if t.Failed() {
			t.Logf("the service said:\n%s", said.String())
		}
	})
	return cmd.Process
}

// TestUnitRecords holds that the service may write to the directory of the recording, and nobody else may read it.
func TestUnitRecords(t *testing.T) {
	const unit = "../systemd/proctree_exporter.service"
	settings := readUnit(t, unit)
	if got := settings["StateDirectory"]; got != "proctree/history" || settings["StateDirectoryMode"] != "0700" {
		t.Errorf("StateDirectory=%s with mode %q", got, settings["StateDirectoryMode"])
	}
	if got := settings["Environment"]; got != "PROCTREE_HISTORY_DIR=/var/lib/proctree/history" {
		t.Errorf("Environment=%s", got)
	}
	data, err := os.ReadFile(unit)
	if err != nil {
		t.Fatal(err)
	}
	// What comes later wins: the line in the file switches the recording off.
	if text := string(data); strings.Index(text, "\nEnvironment=") > strings.Index(text, "\nEnvironmentFile=") {
		t.Error("the administrator's file comes before the setting of the unit")
	}
}

// TestUnitIsHardened holds the exposure that systemd computes: 10 is that of a service
// without any protection.
func TestUnitIsHardened(t *testing.T) {
	const unit = "../systemd/proctree_exporter.service"
	if got := readUnit(t, unit)["AmbientCapabilities"]; got != "CAP_BPF CAP_PERFMON" {
		t.Errorf("the unit has the capabilities %q", got)
	}
	for _, setting := range []string{"ProtectProc", "ProcSubset", "PrivatePIDs", "PrivateUsers"} {
		if value, set := readUnit(t, unit)[setting]; set {
			t.Errorf("%s=%s hides processes", setting, value)
		}
	}
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("SKIPPED: the score of the unit, which needs systemd-analyze")
	}
	const tenths = "25"
	command(t, "systemd-analyze", "security", "--offline=true", "--threshold="+tenths, unit)
}

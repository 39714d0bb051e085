package main

import (
	"os/exec"
	"testing"
)

func TestPackageVersion(t *testing.T) {
	// In the order in which they are to sort.
	versions := []struct{ described, want string }{
		{"unknown", "0.0.0+git20260102030405.unknown"},
		{"v1.2.0-rc.1", "1.2.0~rc.1"},
		{"v1.2.0", "1.2.0"},
		{"v1.2.0-4-gabcdef0", "1.2.0+git4.abcdef0"},
		{"v1.2.0-12-gabcdef0", "1.2.0+git12.abcdef0"},
		{"v1.2.0-12-gabcdef0-dirty", "1.2.0+git12.abcdef0+dirty"},
		{"1.10.0", "1.10.0"},
	}
	_, err := exec.LookPath("dpkg")
	if err != nil {
		t.Log("SKIPPED: the order of versions, which needs dpkg")
	}
	previous := ""
	for _, v := range versions {
		got := packageVersion(v.described, commitTime)
		if got != v.want {
			t.Errorf("packageVersion(%q) = %q, want %q", v.described, got, v.want)
		}
		if err == nil && previous != "" {
			if _, err := output(t.Context(), "", nil, "dpkg", "--compare-versions", previous, "lt", got); err != nil {
				t.Errorf("%s does not sort before %s: %v", previous, got, err)
			}
		}
		previous = got
	}
	for _, hash := range []string{"d926773", "1234567", "d926773-dirty"} {
		if got := packageVersion(hash, commitTime); got[:len("0.0.0+git2026")] != "0.0.0+git2026" {
			t.Errorf("packageVersion(%q) = %q, want one that counts the time", hash, got)
		}
	}
}

func TestSelectTargets(t *testing.T) {
	got, err := selectTargets("linux/armv7,windows/amd64")
	if err != nil || len(got) != 2 || got[0].arm != "7" || got[1].suffix() != ".exe" {
		t.Errorf("selectTargets: %v, %v", got, err)
	}
	if _, err := selectTargets("plan9/mips"); err == nil {
		t.Error("selectTargets accepts a platform that is not made")
	}
}

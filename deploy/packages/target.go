package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// target is a platform to build for, in Go's words.
type target struct {
	os, arch string
	// arm is the version of the ARM architecture, where there is a choice.
	arm string
}

// targets are the platforms that packages are made for.
func targets() []target {
	return []target{
		{os: "linux", arch: "amd64"},
		{os: "linux", arch: "arm64"},
		{os: "linux", arch: "arm", arm: "7"},
		{os: "darwin", arch: "amd64"},
		{os: "darwin", arch: "arm64"},
		{os: "windows", arch: "amd64"},
	}
}

// selectTargets returns the named ones of all targets, separated by commas; all if none is.
func selectTargets(names string) ([]target, error) {
	if names == "" {
		return targets(), nil
	}
	var selected []target
next:
	for name := range strings.SplitSeq(names, ",") {
		for _, t := range targets() {
			if t.String() == name {
				selected = append(selected, t)
				continue next
			}
		}
		return nil, fmt.Errorf("platform %q is none of %v", name, targets())
	}
	return selected, nil
}

// String returns a name such as "linux/armv7".
func (t target) String() string {
	if t.arm != "" {
		return t.os + "/" + t.arch + "v" + t.arm
	}
	return t.os + "/" + t.arch
}

// folder is String for a file name.
func (t target) folder() string { return strings.Replace(t.String(), "/", "-", 1) }

// environment makes the go command work for the target.
func (t target) environment() []string {
	return []string{"CGO_ENABLED=0", "GOOS=" + t.os, "GOARCH=" + t.arch, "GOARM=" + t.arm, "GOAMD64=v1"}
}

func (t target) suffix() string {
	if t.os == "windows" {
		return ".exe"
	}
	return ""
}

var described = regexp.MustCompile(`^v?(\d+(?:\.\d+)*)(?:-((?:alpha|beta|rc)[.\d]*))?(?:-(\d+)-g([0-9a-f]+))?(-dirty)?$`)

// packageVersion turns what git describe tells into a version that sorts as it should on
// Debian (deb-version(7)) and with RPM, and has no "-", which neither allows here: a
// candidate is before its release, what follows a release is after it. Without any release
// it counts the time.
func packageVersion(version string, at time.Time) string {
	m := described.FindStringSubmatch(version)
	if m == nil || !strings.Contains(m[1], ".") {
		revision := regexp.MustCompile(`[^0-9A-Za-z]+`).ReplaceAllString(version, ".")
		return "0.0.0+git" + at.UTC().Format("20060102150405") + "." + strings.Trim(revision, ".")
	}
	sorted := m[1]
	if m[2] != "" {
		sorted += "~" + m[2]
	}
	if m[3] != "" {
		sorted += "+git" + m[3] + "." + m[4]
	}
	if m[5] != "" {
		sorted += "+dirty"
	}
	return sorted
}

// imageTag turns a version into the tag of an image, which may not have a "+" or "~"
// (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests).
func imageTag(version string) string { return strings.NewReplacer("+", "-", "~", "-").Replace(version) }

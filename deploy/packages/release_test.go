package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

const versionFlag = "-s -w -X github.com/prometheus/common/version.Version="

// commitTime is that of the packages in the tests.
var commitTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// makeRelease makes the packages of this machine's kind from a root and returns the folder.
func makeRelease(t *testing.T, root, version string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "dist")
	r := release{
		root: root, out: out, version: version, ldflags: versionFlag + version, maintainer: nobody,
		targets: []target{{os: "linux", arch: "amd64"}}, time: commitTime,
	}
	if err := r.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// copyRoot copies what git knows of the repository to another place.
func copyRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := output(t.Context(), root, nil, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		t.Skipf("SKIPPED: needs a checkout by git: %v", err)
	}
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(files, "\x00"), "\x00") {
		data, err := os.ReadFile(filepath.Join(root, name))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// find returns the one file in a folder whose name ends so.
func find(t *testing.T, dir, ending string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*"+ending))
	if err != nil || len(found) != 1 {
		t.Fatalf("files *%s in %s: %v, %v", ending, dir, found, err)
	}
	return found[0]
}

func TestReproducible(t *testing.T) {
	first := makeRelease(t, "../..", "v1.0.0")
	second := makeRelease(t, copyRoot(t), "v1.0.0")
	entries, err := os.ReadDir(first)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
		a, err := os.ReadFile(filepath.Join(first, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(second, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs between two builds in two places", entry.Name())
		}
	}
	want := []string{
		"SHA256SUMS",
		"proctree-exporter-1.0.0-1.x86_64.rpm",
		"proctree-exporter_1.0.0_amd64.deb",
		"proctree_exporter-1.0.0.linux-amd64.cdx.json",
		"proctree_exporter-1.0.0.linux-amd64.image.tar",
		"proctree_exporter-1.0.0.linux-amd64.tar.gz",
	}
	if !slices.Equal(names, want) {
		t.Errorf("made %q, want %q", names, want)
	}
	checkSums(t, first)
	checkBOM(t, find(t, first, ".cdx.json"))
	checkRPM(t, find(t, first, ".rpm"))
	checkImage(t, find(t, first, imageEnding))
}

func checkSums(t *testing.T, dir string) {
	t.Helper()
	if _, err := output(t.Context(), dir, nil, "sha256sum", "--check", "--strict", checksumsFile); err != nil {
		t.Error(err)
	}
}

func checkBOM(t *testing.T, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(f, cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	if bom.SpecVersion != cdx.SpecVersion1_6 || bom.Metadata.Component.Version != "v1.0.0" {
		t.Errorf("bill of materials: CycloneDX %v of version %q", bom.SpecVersion, bom.Metadata.Component.Version)
	}
	names := make(map[string]bool)
	for _, c := range *bom.Components {
		names[c.Name] = true
		if c.Version == "" || (c.Hashes == nil && c.Name != "std") {
			t.Errorf("component %s: no version or no hash", c.Name)
		}
	}
	for _, want := range []string{"std", "github.com/prometheus/client_golang", "golang.org/x/sys"} {
		if !names[want] {
			t.Errorf("bill of materials: no component %s", want)
		}
	}
}

func checkRPM(t *testing.T, path string) {
	t.Helper()
	if _, err := exec.LookPath("rpm"); err != nil {
		t.Log("SKIPPED: the check of the RPM package, which needs rpm")
		return
	}
	for flags, want := range map[string][]string{
		"-qlp": {
			"/etc/default/proctree_exporter", "/etc/proctree", "/etc/proctree/proctree.yml", "/usr/bin/proctree_exporter",
			"/usr/lib/systemd/system/proctree_exporter.service", "/usr/lib/systemd/system/proctree_exporter.socket",
			"/usr/share/bash-completion/completions/proctree_exporter",
			"/usr/share/doc/proctree-exporter", "/usr/share/doc/proctree-exporter/CHANGELOG.md", "/usr/share/doc/proctree-exporter/LICENSE",
			"/usr/share/doc/proctree-exporter/README.md", "/usr/share/doc/proctree-exporter/THIRD-PARTY-LICENSES.txt", "/usr/share/doc/proctree-exporter/control.conf",
			"/usr/share/man/man8/proctree_exporter.8.gz", "/usr/share/zsh/site-functions/_proctree_exporter",
		},
		"-qcp": {"/etc/default/proctree_exporter", "/etc/proctree/proctree.yml"},
	} {
		out, err := output(t.Context(), "", nil, "rpm", flags, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Fields(out); !slices.Equal(got, want) {
			t.Errorf("rpm %s: %q, want %q", flags, got, want)
		}
	}
}

func TestSourceTime(t *testing.T) {
	t.Setenv("SOURCE_DATE_EPOCH", "1767323045")
	if got, err := sourceTime(t.Context(), "."); err != nil || !got.Equal(commitTime) {
		t.Errorf("sourceTime: %v, %v; want %v", got, err, commitTime)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "yesterday")
	if got, err := sourceTime(context.Background(), "."); err == nil {
		t.Errorf("sourceTime of a bad SOURCE_DATE_EPOCH: %v, want an error", got)
	}
}

func TestRemovePackages(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{checksumsFile, "proctree-exporter_1.0.0_amd64.deb", "proctree_exporter-1.0.0.cdx.json", "notes"} {
		writeEmpty(t, filepath.Join(dir, name))
	}
	if err := removePackages(dir); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || left[0].Name() != "notes" {
		t.Errorf("left: %v, %v; want the notes alone", left, err)
	}
}

func writeEmpty(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestArchives(t *testing.T) {
	for _, tt := range []struct {
		target target
		ending string
		want   string
	}{
		{target{os: "linux", arch: "amd64"}, ".tar.gz", "proctree_exporter.service"},
		{target{os: "darwin", arch: "arm64"}, ".tar.gz", "io.proctree.exporter.plist"},
		{target{os: "windows", arch: "amd64"}, ".zip", "install.ps1"},
	} {
		t.Run(tt.target.os, func(t *testing.T) {
			dir := t.TempDir()
			binary := filepath.Join(dir, "program")
			if err := os.WriteFile(binary, []byte("a program"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(licensesOf(binary), []byte("licenses"), 0o644); err != nil {
				t.Fatal(err)
			}
			r := release{root: "../..", time: commitTime, manual: manual{page: binary, bash: binary, zsh: binary}}
			path := filepath.Join(dir, "proctree_exporter-1.0.0")
			if err := r.writeArchive(tt.target, binary, path); err != nil {
				t.Fatal(err)
			}
			names := unpack(t, path+tt.ending)
			for _, want := range []string{"proctree_exporter" + tt.target.suffix(), "LICENSE", licensesFile, "README.md", "proctree.yml", tt.want} {
				if !strings.Contains(names, "proctree_exporter-1.0.0/"+want+"\n") {
					t.Errorf("the archive has no %s:\n%s", want, names)
				}
			}
		})
	}
}

// unpack returns the names of an archive's files, one a line. A .tar.gz is read by tar(1).
func unpack(t *testing.T, path string) string {
	t.Helper()
	if !strings.HasSuffix(path, ".zip") {
		names, err := output(t.Context(), "", nil, "tar", "-tzf", path)
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	var names strings.Builder
	for _, f := range archive.File {
		names.WriteString(f.Name + "\n")
	}
	return names.String()
}

func TestPropertyListIsXML(t *testing.T) {
	f, err := os.Open("../launchd/io.proctree.exporter.plist")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	decoder := xml.NewDecoder(f)
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

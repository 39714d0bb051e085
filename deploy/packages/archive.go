package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// member is a file of an archive.
type member struct {
	// name is its path in the archive, source where it is.
	name, source string
	mode         int64
}

// members lists what a target's archive has, in the order of the archive, under one folder.
func (r *release) members(t target, binary, folder string) []member {
	file := func(name string, source ...string) member {
		return member{
			name:   folder + "/" + name,
			source: filepath.Join(append([]string{r.root}, source...)...), mode: 0o644,
		}
	}
	all := []member{
		{name: folder + "/" + program + t.suffix(), source: binary, mode: 0o755},
		file("LICENSE", "LICENSE"),
		{name: folder + "/" + licensesFile, source: licensesOf(binary), mode: 0o644},
		file("README.md", "README.md"),
		file("CHANGELOG.md", "CHANGELOG.md"),
		file("installation.md", "docs", "installation.md"),
		file("proctree.yml", "deploy", "systemd", "proctree.yml"),
	}
	switch t.os {
	case "linux":
		for _, name := range []string{program + ".service", program + ".socket", program + ".default"} {
			all = append(all, file(name, "deploy", "systemd", name))
		}
		for _, source := range []string{r.manual.page, r.manual.bash, r.manual.zsh} {
			all = append(all, member{name: folder + "/" + filepath.Base(source), source: source, mode: 0o644})
		}
	case "darwin":
		const name = "io.proctree.exporter.plist"
		all = append(all, file(name, "deploy", "launchd", name))
	case "windows":
		const name = "install.ps1"
		all = append(all, file(name, "deploy", "windows", name))
	}
	return all
}

// writeArchive packs the program as a .zip for Windows and as a .tar.gz elsewhere; path has
// no ending yet.
func (r *release) writeArchive(t target, binary, path string) error {
	members := r.members(t, binary, filepath.Base(path))
	write, ending := writeTar, ".tar.gz"
	if t.os == "windows" {
		write, ending = writeZip, ".zip"
	}
	f, err := os.Create(path + ending)
	if err != nil {
		return err
	}
	if err := write(f, members, r.time); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// writeTar packs files as a .tar.gz.
func writeTar(w io.Writer, members []member, at time.Time) error {
	compressed, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if err := writeTarFiles(compressed, members, at); err != nil {
		return err
	}
	return compressed.Close()
}

func writeZip(w io.Writer, members []member, at time.Time) error {
	archive := zip.NewWriter(w)
	for _, m := range members {
		data, err := os.ReadFile(m.source)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: at}
		header.SetMode(os.FileMode(m.mode))
		file, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := file.Write(data); err != nil {
			return err
		}
	}
	return archive.Close()
}

// writeTarFiles writes an archive of files that belong to root and have one time.
func writeTarFiles(w io.Writer, members []member, at time.Time) error {
	archive := tar.NewWriter(w)
	for _, m := range members {
		data, err := os.ReadFile(m.source)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: m.name, Mode: m.mode, Size: int64(len(data)), ModTime: at, Uname: "root", Gname: "root"}
		if err := archive.WriteHeader(header); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
		if _, err := archive.Write(data); err != nil {
			return fmt.Errorf("%s: %w", m.name, err)
		}
	}
	return archive.Close()
}

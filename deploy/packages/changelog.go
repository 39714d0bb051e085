package main

import (
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// writeDebianChangelog writes the changelog that the Debian policy wants of every package
// (https://www.debian.org/doc/debian-policy/ch-docs.html#changelog-files) into a folder
// and returns its path. It has one entry, which points at the project's own changelog.
func (r *release) writeDebianChangelog(dir string) (string, error) {
	path := filepath.Join(dir, "changelog.gz")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }()
	compressed, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := fmt.Fprintf(compressed, "proctree-exporter (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md in this folder.\n\n -- %s  %s\n",
		packageVersion(r.version, r.time), r.maintainer, r.time.Format(time.RFC1123Z)); err != nil {
		return "", err
	}
	if err := compressed.Close(); err != nil {
		return "", err
	}
	return path, f.Close()
}

// Generate writes the Grafana dashboards as JSON, one file each, in the folders that
// Grafana's provisioning makes its own folders of. With -check it writes nothing and fails
// where a file differs.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", "../json", "folder to write to")
	check := flag.Bool("check", false, "compare with the files instead of writing them")
	flag.Parse()
	log.SetFlags(0)
	if err := run(*out, *check); err != nil {
		log.Fatalf("generate: %v", err)
	}
}

func run(out string, check bool) error {
	files, err := render()
	if err != nil {
		return err
	}
	if check {
		return differences(out, files)
	}
	for name, content := range files {
		path := filepath.Join(out, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make the folder of %s: %w", name, err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	return nil
}

// differences tells which files differ from what would be written, and which are left over.
func differences(out string, files map[string][]byte) error {
	var differing []error
	for name, content := range files {
		have, err := os.ReadFile(filepath.Join(out, name))
		if err != nil || !bytes.Equal(have, content) {
			differing = append(differing, fmt.Errorf("%s is not what generate writes: run make dashboards", name))
		}
	}
	err := filepath.WalkDir(out, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(out, path)
		if _, known := files[filepath.ToSlash(name)]; err == nil && !known {
			differing = append(differing, fmt.Errorf("%s belongs to no dashboard", name))
		}
		return err
	})
	return errors.Join(append(differing, err)...)
}

package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strings"
)

// licensesFile holds the licenses and notices of what is linked into the program, which
// most of them want to come with it.
const licensesFile = "THIRD-PARTY-LICENSES.txt"

// writeLicenses collects them beside the program, in the order of the modules in it. A
// module without a license is an error.
func (r *release) writeLicenses(ctx context.Context, t target, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	folders, err := r.moduleFolders(ctx, t)
	if err != nil {
		return err
	}
	var all bytes.Buffer
	all.WriteString("What the program is linked with, and under which licenses.\n")
	for _, module := range append([]*debug.Module{{Path: "std", Version: info.GoVersion}}, info.Deps...) {
		if module.Replace != nil {
			module = module.Replace
		}
		if err := appendLicenses(&all, module, folders[module.Path]); err != nil {
			return fmt.Errorf("%s: %w", module.Path, err)
		}
	}
	return os.WriteFile(licensesOf(binary), all.Bytes(), 0o644)
}

// licensesOf is the path of what writeLicenses writes.
func licensesOf(binary string) string { return filepath.Join(filepath.Dir(binary), licensesFile) }

// moduleFolders tells where the source of each module is, and of the standard library.
func (r *release) moduleFolders(ctx context.Context, t target) (map[string]string, error) {
	goroot, err := output(ctx, r.root, nil, "go", "env", "GOROOT")
	if err != nil {
		return nil, err
	}
	folders := map[string]string{"std": strings.TrimSpace(goroot)}
	modules, err := output(ctx, r.root, t.environment(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Dir}}{{end}}", "./exporter")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(modules) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), "\t")
		folders[path] = dir
	}
	return folders, nil
}

var licenseName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents)([-.].*)?$`)

// appendLicenses adds the files of a module that say under which terms it may be used.
func appendLicenses(into *bytes.Buffer, module *debug.Module, folder string) error {
	if folder == "" {
		return errors.New("its source is not known")
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		if entry.IsDir() || !licenseName.MatchString(entry.Name()) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		found = true
		fmt.Fprintf(into, "\n%s\n%s %s: %s\n\n%s\n", strings.Repeat("=", 80), module.Path, module.Version, entry.Name(),
			bytes.TrimSpace(text))
	}
	if !found {
		return fmt.Errorf("no license in %s", folder)
	}
	return nil
}

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/deb" // Registers the format.
	_ "github.com/goreleaser/nfpm/v2/rpm" // Registers the format.
)

// writeDistro writes the package of a distribution as nfpm.yaml describes it. nfpm takes
// paths as relative to the working directory, so those of nfpm.yaml are made absolute.
func (r *release) writeDistro(t target, format, binary string) error {
	root, err := filepath.Abs(r.root)
	if err != nil {
		return err
	}
	variables := map[string]string{
		"ARCH":            t.arch + t.arm,
		"PACKAGE_VERSION": packageVersion(r.version, r.time),
		"MAINTAINER":      r.maintainer,
	}
	config, err := nfpm.ParseFileWithEnvMapping("nfpm.yaml", func(name string) string { return variables[name] })
	if err != nil {
		return err
	}
	info, err := config.Get(format)
	if err != nil {
		return err
	}
	info.MTime = r.time
	scripts := &info.Scripts
	for _, path := range []*string{&scripts.PreInstall, &scripts.PostInstall, &scripts.PreRemove, &scripts.PostRemove} {
		if *path != "" {
			*path = filepath.Join(root, *path)
		}
	}
	for _, content := range info.Contents {
		content.FileInfo.MTime = r.time
		switch content.Source {
		case "":
		case "PROGRAM":
			content.Source = binary
		case "MANUAL_PAGE":
			content.Source = r.manual.page
		case "BASH_COMPLETION":
			content.Source = r.manual.bash
		case "ZSH_COMPLETION":
			content.Source = r.manual.zsh
		case "LICENSES":
			content.Source = licensesOf(binary)
		case "DEBIAN_CHANGELOG":
			if content.Source, err = r.writeDebianChangelog(filepath.Dir(binary)); err != nil {
				return fmt.Errorf("changelog: %w", err)
			}
		default:
			content.Source = filepath.Join(root, content.Source)
		}
	}
	info = nfpm.WithDefaults(info)
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	path := filepath.Join(r.out, packager.ConventionalFileName(info))
	info.Target = path
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := packager.Package(info, f); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Close()
}

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// program is the name of the program in every package.
const program = "proctree_exporter"

// maxProgramBytes bounds each program.
const maxProgramBytes = 25 << 20

// release is what one run makes.
type release struct {
	// root is the root of the repository, out where the files go.
	root, out string
	// version is as git describe tells it.
	version string
	ldflags string
	// maintainer is who answers for the packages, "NAME <ADDRESS>".
	maintainer string
	targets    []target
	time       time.Time
	// manual is set by make.
	manual manual
}

func (r *release) make(ctx context.Context) error {
	if err := removePackages(r.out); err != nil {
		return err
	}
	programs, err := os.MkdirTemp("", "packages-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(programs) }()
	if r.manual, err = r.writeManual(ctx, programs); err != nil {
		return fmt.Errorf("manual: %w", err)
	}
	for _, t := range r.targets {
		binary := filepath.Join(programs, t.folder(), program+t.suffix())
		if err := r.build(ctx, t, binary); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		if err := r.pack(ctx, t, binary); err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
	}
	return writeChecksums(r.out)
}

// removePackages leaves a folder without the packages of an earlier run. Anything else in it stays.
func removePackages(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, pattern := range []string{"proctree?exporter?*", checksumsFile} {
		old, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return err
		}
		for _, path := range old {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// build compiles the program for a target. Neither paths nor the state of the checkout
// enter it.
func (r *release) build(ctx context.Context, t target, binary string) error {
	abs, err := filepath.Abs(binary)
	if err != nil {
		return err
	}
	if _, err := output(ctx, r.root, t.environment(), "go", "build", "-trimpath", "-buildvcs=false",
		"-ldflags", r.ldflags+" -buildid=", "-o", abs, "./exporter"); err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return err
	}
	if info.Size() > maxProgramBytes {
		return fmt.Errorf("the program has %d bytes, more than %d", info.Size(), maxProgramBytes)
	}
	return nil
}

// pack writes all that a target's program comes in.
func (r *release) pack(ctx context.Context, t target, binary string) error {
	name := filepath.Join(r.out, fmt.Sprintf("%s-%s.%s", program, packageVersion(r.version, r.time), t.folder()))
	if err := r.writeBOM(binary, name+".cdx.json"); err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	if err := r.writeLicenses(ctx, t, binary); err != nil {
		return fmt.Errorf("licenses: %w", err)
	}
	if err := r.writeArchive(t, binary, name); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if t.os != "linux" {
		return nil
	}
	if err := r.writeImage(t, binary, name); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	for _, format := range []string{"deb", "rpm"} {
		if err := r.writeDistro(t, format, binary); err != nil {
			return fmt.Errorf("%s package: %w", format, err)
		}
	}
	return nil
}

// output runs a program in a folder and returns what it prints. The error has what it said.
func output(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.Output()
	if exit, ok := err.(*exec.ExitError); ok { //nolint:errorlint // Output returns it as it is.
		return "", fmt.Errorf("%s: %w: %s", name, err, exit.Stderr)
	}
	return string(out), err
}

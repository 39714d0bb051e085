package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// suite is the Debian release in which the package is installed.
const suite = "bookworm"

// newRoot unpacks a minimal Debian, which debootstrap fetches once, and returns its folder.
func newRoot(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("SKIPPED: the installation of the Debian package, which needs root")
	}
	for _, needed := range []string{"debootstrap", "dpkg", "chroot", "unshare", "setpriv"} {
		if _, err := exec.LookPath(needed); err != nil {
			t.Skipf("SKIPPED: the installation of the Debian package, which needs %s", needed)
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(cache, "proctree", "debian-"+suite+".tar")
	if _, err := os.Stat(packed); err != nil {
		fetchRoot(t, packed)
	}
	root := t.TempDir()
	// What dpkg unpacks as root is to be seen by the exporter's user.
	for dir := root; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	command(t, "tar", "-xf", packed, "-C", root)
	return root
}

// fetchRoot leaves a file that is complete or none.
func fetchRoot(t *testing.T, packed string) {
	t.Helper()
	dir := t.TempDir()
	command(t, "debootstrap", "--variant=minbase", suite, dir)
	if err := os.MkdirAll(filepath.Dir(packed), 0o755); err != nil {
		t.Fatal(err)
	}
	command(t, "tar", "-cf", packed+".new", "-C", dir, "--one-file-system", "--exclude=./var/cache/apt/archives/*.deb",
		"--exclude=./var/lib/apt/lists/*", "--exclude=./usr/share/locale/*", "--exclude=./usr/share/doc/*",
		"--exclude=./proc/*", "--exclude=./sys/*", ".")
	if err := os.Rename(packed+".new", packed); err != nil {
		t.Fatal(err)
	}
}

// command runs a program that has to succeed and returns what it prints.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// install installs a Debian package in a root; an administrator's changes are kept.
func install(t *testing.T, root, deb string) {
	t.Helper()
	data, err := os.ReadFile(deb)
	if err != nil {
		t.Fatal(err)
	}
	name := "/tmp/" + filepath.Base(deb)
	if err := os.WriteFile(root+name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	command(t, "chroot", root, "dpkg", "--force-confold", "--install", name)
	if err := os.Remove(root + name); err != nil {
		t.Fatal(err)
	}
}

// listing names every file of a root, but not those of dpkg and adduser themselves.
func listing(t *testing.T, root string) []string {
	t.Helper()
	accounts := []string{"/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid"}
	theirs := []string{"/var/lib/dpkg", "/var/log", "/var/cache", "/run"}
	var names []string
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, root)
		if slices.Contains(theirs, name) {
			return filepath.SkipDir
		}
		if !slices.Contains(accounts, strings.TrimSuffix(name, "-")) {
			names = append(names, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

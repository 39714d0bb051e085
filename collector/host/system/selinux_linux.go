package system

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The modes of SELinux, as selinux(8) and node_exporter number them.
const (
	selinuxDisabled   = -1
	selinuxPermissive = 0
	selinuxEnforcing  = 1
)

// selinux shows whether SELinux is on, its mode and the mode that it is configured with.
func (r *reader) selinux(out *values) {
	enforce := r.sysPath("fs/selinux/enforce")
	_, err := os.Lstat(enforce)
	mode, known := out.signed(enforce)
	context, _ := out.attribute(r.procPath("self/attr/current"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return // The mode counts the error.
	}
	// Without a policy every process is in the context "kernel".
	if err != nil || strings.Trim(context, "\x00") == "kernel" {
		out.add("selinux_enabled", 0)
		return
	}
	out.add("selinux_enabled", 1)
	if known {
		out.add("selinux_current_mode", float64(mode))
	}
	config := filepath.Join(r.cfg.RootFS, "etc/selinux/config")
	readPart(&out.Damage, config, func(text string) {
		out.NeedLine(config, text)
		if strings.TrimSpace(text) != "" {
			out.add("selinux_config_mode", float64(parseSELinuxConfig(text)))
		}
	})
}

// parseSELinuxConfig finds "SELINUX=enforcing".
func parseSELinuxConfig(text string) int {
	mode := selinuxDisabled
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if strings.TrimSpace(key) != "SELINUX" {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(value)) {
		case "enforcing":
			mode = selinuxEnforcing
		case "permissive":
			mode = selinuxPermissive
		default:
			mode = selinuxDisabled
		}
	}
	return mode
}

package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/alecthomas/kingpin/v2"

	"proctree/exporter/flagtest"
)

func TestIsCommand(t *testing.T) {
	for line, want := range map[string]bool{
		"": false, "top": true, "help": true, "ps": true, "tree": true, "top --help": true, "--help": false, "service run": false,
		"--web.listen-address=:1 ps": false, "PS": false, "--completion-bash": false, "--completion-bash --web": false,
		"--completion-bash to": true, "--completion-bash top --u": true, "--completion-script-bash": false,
	} {
		if got := IsCommand(strings.Fields(line)); got != want {
			t.Errorf("%q is a command: %v", line, got)
		}
	}
}

// nameless stands for what the program does.
func nameless(_ *kingpin.Application, args []string, err error) error {
	return fmt.Errorf("%s: %w", args[len(args)-1], err)
}

func runCommand(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	err = Run(t.Context(), Config{Program: "proctree_exporter", Stdout: &out, Stderr: &errs, FlagError: nameless}, args)
	return out.String(), err
}

func TestHelpTellsDefaultsFromExamples(t *testing.T) {
	flagtest.CheckDefaults(t, new(command).app())
}

// TestRefusedFlags: each is one line that names the flag.
func TestRefusedFlags(t *testing.T) {
	for line, want := range map[string]string{
		"ps --nonsense":             `unknown long flag '--nonsense', try ps --help`,
		"ps extra":                  "unexpected extra",
		"ps --sort=beauty":          `--sort: no such column "beauty"`,
		"ps --sort=cmdline":         `--sort: processes cannot be sorted by "cmdline"`,
		"ps --columns=pid,beauty":   `--columns: no such column "beauty"`,
		"ps --order=up":             "--order",
		"ps --limit=-1":             "--limit",
		"ps --limit=many":           "many",
		"ps --format=xml":           "--format",
		"ps --timeout=0s":           "--timeout",
		"ps --token=secret":         "unknown long flag",
		"ps --root=-1":              "--root",
		"tree --depth=-2":           "--depth",
		"top --interval=500ms":      "--interval",
		"top --interval=1500ms":     "--interval",
		"top --interval=2m":         "--interval",
		"top --url=ftp://x":         "--url",
		"top --format=csv":          `unknown long flag '--format', try top --help`,
		"tree --token-file=/no/one": "--token-file",
	} {
		_, err := runCommand(t, strings.Fields(line)...)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, name := range names() {
		out, err := runCommand(t, name, "--help")
		if err != nil || !strings.Contains(out, "usage: proctree_exporter "+name) || !strings.Contains(out, "--token-file") {
			t.Errorf("%s --help: %v\n%s", name, err, out)
		}
	}
}

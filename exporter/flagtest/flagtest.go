// Package flagtest checks what --help says about flags, for the tests of the program and of its commands.
package flagtest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kingpin/v2"
)

var (
	// placeholder is what stands for a value: of a form and not of a value that somebody may take for the default.
	placeholder = regexp.MustCompile(`^[A-Z]+$`)
	example     = regexp.MustCompile(`(?i)such as|e\.g\.|for example`)
)

// CheckDefaults holds that a reader can tell defaults from examples: what follows = in --help is a default,
// except for a placeholder in capital letters, and examples stand behind "Example:" in the help.
func CheckDefaults(tb testing.TB, app *kingpin.Application) {
	tb.Helper()
	model := app.Model()
	checkFlags(tb, "", model.FlagGroupModel)
	checkCommands(tb, model.Commands)
}

func checkCommands(tb testing.TB, commands []*kingpin.CmdModel) {
	tb.Helper()
	for _, c := range commands {
		checkFlags(tb, c.FullCommand+" ", c.FlagGroupModel)
		checkCommands(tb, c.Commands)
	}
}

func checkFlags(tb testing.TB, command string, flags *kingpin.FlagGroupModel) {
	tb.Helper()
	for _, f := range flags.Flags {
		if f.Hidden || f.IsBoolFlag() || strings.HasPrefix(f.Name, "completion-") {
			continue
		}
		hasDefault := len(f.Default) > 0
		if !hasDefault && !placeholder.MatchString(f.PlaceHolder) {
			tb.Errorf("%s--%s has no default, and the placeholder %q: set one of capital letters", command, f.Name, f.PlaceHolder)
		}
		if hasDefault && f.PlaceHolder != "" {
			tb.Errorf("%s--%s shows %q instead of its default %q", command, f.Name, f.PlaceHolder, f.Default)
		}
		if example.MatchString(f.Help) {
			tb.Errorf("%s--%s: write the example as \"Example: …\": %s", command, f.Name, f.Help)
		}
	}
}

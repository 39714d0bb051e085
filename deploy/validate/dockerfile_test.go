package validate

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// checkout is the root of the repository, which is the context of the image.
const checkout = "../.."

// dockerfile is a parsed one.
type dockerfile struct {
	stages []instructions.Stage
	// args are those before the first stage, with their defaults.
	args []string
}

// parseDockerfile also returns what the linter of BuildKit has to say.
func parseDockerfile(text []byte) (*dockerfile, []string, error) {
	var complaints []string
	lint := linter.New(&linter.Config{Warn: func(rule, _, _, message string, _ []parser.Range) {
		complaints = append(complaints, rule+": "+message)
	}})
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, nil, err
	}
	stages, args, err := instructions.Parse(tree.AST, lint)
	if err != nil {
		return nil, nil, err
	}
	for _, warning := range tree.Warnings {
		complaints = append(complaints, warning.Short)
	}
	d := &dockerfile{stages: stages}
	for _, command := range args {
		d.args = append(d.args, defaults(&command)...)
	}
	return d, complaints, nil
}

// defaults are the arguments that a command declares, as an environment.
func defaults(command *instructions.ArgCommand) []string {
	var all []string
	for _, arg := range command.Args {
		all = append(all, arg.Key+"="+arg.ValueString())
	}
	return all
}

func readDockerfile(t *testing.T) *dockerfile {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(checkout, "deploy/Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	d, complaints, err := parseDockerfile(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, complaint := range complaints {
		t.Error(complaint)
	}
	return d
}

// command returns the last command of a kind in a stage.
func command[C instructions.Command](t *testing.T, stage instructions.Stage) C {
	t.Helper()
	for _, c := range slices.Backward(stage.Commands) {
		if found, ok := c.(C); ok {
			return found
		}
	}
	t.Fatalf("no %T in the stage from %s", *new(C), stage.BaseName)
	panic("unreachable")
}

// pinned matches an image with a version of three parts.
var pinned = regexp.MustCompile(`^[a-z0-9./_-]+:v?\d+\.\d+\.\d+(-[a-z]+)?$`)

func TestDockerfile(t *testing.T) {
	d := readDockerfile(t)
	lex := shell.NewLex('\\')
	for _, stage := range d.stages {
		base, _, err := lex.ProcessWord(stage.BaseName, shell.EnvsFromSlice(d.args))
		if err != nil {
			t.Fatal(err)
		}
		if base != "scratch" && !pinned.MatchString(base) {
			t.Errorf("%s is not pinned by its version", base)
		}
	}
	last := d.stages[len(d.stages)-1]
	if last.BaseName != "scratch" {
		t.Errorf("the image is built upon %s", last.BaseName)
	}
	if user := command[*instructions.UserCommand](t, last).User; !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("the user is %q; Kubernetes can tell that it is not root by a number only", user)
	}
	// There is no shell that would run a command line.
	if health := command[*instructions.HealthCheckCommand](t, last).Health; health.Test[0] != "CMD" {
		t.Errorf("the health check is run by %s", health.Test[0])
	}
	if command[*instructions.EntrypointCommand](t, last).PrependShell {
		t.Error("the entry point is run by a shell")
	}
}

func TestDockerfileWithErrors(t *testing.T) {
	for _, text := range []string{
		"FROM scratch\nHEALTHCHEK NONE\n",
		"FROM scratch\nCOPY --form=build /a /b\n",
		"USER 1:1\n",
	} {
		if _, _, err := parseDockerfile([]byte(text)); err == nil {
			t.Errorf("accepted:\n%s", text)
		}
	}
	_, complaints, err := parseDockerfile([]byte("FROM scratch as last\n"))
	if err != nil || !strings.Contains(strings.Join(complaints, " "), "FromAsCasing") {
		t.Errorf("the linter overlooks a word in another case: %v, %q", err, complaints)
	}
}

package validate

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
)

// image is what the Dockerfile makes.
type image struct {
	// root is the folder of its files, which are for reading only.
	root       string
	user       string
	entrypoint []string
	health     []string
}

// built holds the image for all tests; TestMain removes it.
var built struct {
	once  sync.Once
	dir   string
	image *image
}

// theImage builds the image, once, without a container engine: each stage is a folder, and
// a RUN is run there with the toolchain of this machine in place of the base image's.
func theImage(t *testing.T) *image {
	t.Helper()
	built.once.Do(func() {
		dir, err := os.MkdirTemp("", "proctree-image") //nolint:usetesting // It outlives the first test that needs it.
		if err != nil {
			t.Fatal(err)
		}
		built.dir = dir
		built.image = buildImage(t, readDockerfile(t), dir)
	})
	if built.image == nil {
		t.Fatal("there is no image")
	}
	return built.image
}

func buildImage(t *testing.T, d *dockerfile, dir string) *image {
	t.Helper()
	folders := make(map[string]string)
	for i, stage := range d.stages {
		b := &builder{t: t, root: filepath.Join(dir, stage.Name, "root"), workdir: "/", folders: folders}
		folders[stage.Name] = b.root
		for _, c := range stage.Commands {
			b.do(c)
		}
		if i < len(d.stages)-1 {
			continue
		}
		return &image{
			root:       b.root,
			user:       command[*instructions.UserCommand](t, stage).User,
			entrypoint: command[*instructions.EntrypointCommand](t, stage).CmdLine,
			health:     command[*instructions.HealthCheckCommand](t, stage).Health.Test[1:],
		}
	}
	t.Fatal("no stage")
	return nil
}

// builder makes one stage.
type builder struct {
	t       *testing.T
	root    string
	workdir string
	env     []string
	// folders are the roots of the stages so far.
	folders map[string]string
}

func (b *builder) do(c instructions.Command) {
	b.t.Helper()
	switch c := c.(type) {
	case *instructions.ArgCommand:
		b.env = append(b.env, defaults(c)...)
	case *instructions.WorkdirCommand:
		b.workdir = c.Path
	case *instructions.CopyCommand:
		b.copy(c)
	case *instructions.RunCommand:
		run := exec.Command("sh", "-c", strings.Join(c.CmdLine, " "))
		run.Dir = filepath.Join(b.root, b.workdir)
		// BuildKit sets these of itself.
		run.Env = append(append(os.Environ(), b.env...), "TARGETOS="+runtime.GOOS, "TARGETARCH="+runtime.GOARCH)
		if out, err := run.CombinedOutput(); err != nil {
			b.t.Fatalf("%s: %v\n%s", c, err, out)
		}
	}
}

// copy is COPY: a file into a folder or under a new name, a folder's content into a folder.
func (b *builder) copy(c *instructions.CopyCommand) {
	b.t.Helper()
	from, keep := b.folders[c.From], func(string) bool { return true }
	if c.From == "" {
		from, keep = checkout, b.notIgnored()
	}
	for _, source := range c.SourcePaths {
		target := filepath.Join(b.root, b.workdir, c.DestPath)
		if filepath.IsAbs(c.DestPath) {
			target = filepath.Join(b.root, c.DestPath)
		}
		copied := 0
		err := filepath.WalkDir(filepath.Join(from, source), func(path string, entry fs.DirEntry, err error) error {
			relative, _ := filepath.Rel(from, path)
			if err != nil || entry.IsDir() || !keep(relative) {
				return err
			}
			copied++
			within, _ := filepath.Rel(filepath.Join(from, source), path)
			if within == "." && strings.HasSuffix(c.DestPath, "/") {
				within = filepath.Base(path)
			}
			return copyFile(path, filepath.Join(target, within))
		})
		if err != nil {
			b.t.Fatal(err)
		}
		if copied == 0 {
			b.t.Fatalf("%s: nothing to copy", c)
		}
	}
}

// notIgnored tells what the ignore file leaves of the context.
func (b *builder) notIgnored() func(string) bool {
	b.t.Helper()
	file, err := os.Open(filepath.Join(checkout, "deploy/Dockerfile.dockerignore"))
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	patterns, err := ignorefile.ReadAll(file)
	if err != nil {
		b.t.Fatal(err)
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		b.t.Fatal(err)
	}
	return func(path string) bool {
		ignored, err := matcher.MatchesOrParentMatches(path)
		return err == nil && !ignored
	}
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	return os.WriteFile(to, data, info.Mode().Perm())
}

// TestImageHasNothingElse is about what an attacker would find.
func TestImageHasNothingElse(t *testing.T) {
	var files []string
	root := theImage(t).root
	_ = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			relative, _ := filepath.Rel(root, path)
			files = append(files, relative)
		}
		return err
	})
	if got := strings.Join(files, " "); got != "LICENSE proctree_exporter" {
		t.Errorf("the files of the image are %s", got)
	}
}

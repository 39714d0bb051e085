package main

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"proctree/tree-api/access"
)

// configDir writes configuration files and loads them.
type configDir struct {
	t     *testing.T
	dir   string
	files configFiles
}

func newConfigDir(t *testing.T) *configDir {
	t.Helper()
	d := &configDir{t: t, dir: t.TempDir()}
	d.write("proctree.yml", "redact: on\n")
	d.write("tokens.yml", "tokens: []\n")
	d.write("web.yml", users)
	s, err := parseSettings([]string{
		"--config.file=" + d.path("proctree.yml"), "--api.token-file=" + d.path("tokens.yml"), "--web.config.file=" + d.path("web.yml"),
	}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	d.files = configFiles{settings: s, files: newFiles()}
	return d
}

func (d *configDir) path(name string) string { return filepath.Join(d.dir, name) }

func (d *configDir) write(name, text string) {
	d.t.Helper()
	if err := os.WriteFile(d.path(name), []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// TestEachFileOnItsOwn: what one says is taken although another is rejected.
func TestEachFileOnItsOwn(t *testing.T) {
	_, entry, err := access.NewToken("a", access.Viewer)
	if err != nil {
		t.Fatal(err)
	}
	broken := map[string]string{"proctree.yml": "bad: [", "tokens.yml": "tokens: [", "web.yml": "x: 1"}
	better := map[string]string{"proctree.yml": "cmdline: none", "tokens.yml": "tokens:\n" + entry, "web.yml": "{}"}
	for bad := range broken {
		d := newConfigDir(t)
		before, err := d.files.load(nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, text := range better {
			d.write(name, text)
		}
		d.write(bad, broken[bad])
		after, err := d.files.load(before)
		if err == nil || !strings.Contains(err.Error(), d.path(bad)+": ") || strings.Count(err.Error(), d.dir) != 1 || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: the error is %q", bad, err)
		}
		for name, changed := range map[string]bool{
			"proctree.yml": after.config != before.config,
			"tokens.yml":   after.access.Tokens != before.access.Tokens,
			"web.yml":      after.access.FrontRole != before.access.FrontRole,
		} {
			if changed != (name != bad) {
				t.Errorf("%s is broken, and %s changed: %v", bad, name, changed)
			}
		}
		if _, err := d.files.load(nil); err == nil {
			t.Errorf("%s is broken, and that is not an error at the start", bad)
		}
	}
}

func TestUnchangedConfigurationStays(t *testing.T) {
	d := newConfigDir(t)
	before, err := d.files.load(nil)
	if err != nil {
		t.Fatal(err)
	}
	after, err := d.files.load(before)
	if err != nil || after.config != before.config || after == before {
		t.Errorf("%p becomes %p, error %v", before.config, after.config, err)
	}
}

// TestNotARegularFile: each of the files, and each kind of thing that is none.
func TestNotARegularFile(t *testing.T) {
	for _, name := range []string{"proctree.yml", "tokens.yml", "web.yml"} {
		for kind, create := range unusual(t) {
			d := newConfigDir(t)
			before, err := d.files.load(nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(d.path(name)); err != nil {
				t.Fatal(err)
			}
			if err := create(d.path(name)); err != nil {
				t.Fatal(err)
			}
			if _, err := d.files.load(before); err == nil || !strings.Contains(err.Error(), d.path(name)+": ") || !strings.Contains(err.Error(), kind) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s is %s: %v", name, kind, err)
			}
			if err := os.RemoveAll(d.path(name)); err != nil {
				t.Fatal(err)
			}
			d.write(name, map[string]string{"tokens.yml": "tokens: []"}[name])
			if _, err := d.files.load(before); err != nil {
				t.Errorf("%s is a file again: %v", name, err)
			}
		}
	}
}

// unusual makes what is not a regular file, by what the error says of it.
func unusual(t *testing.T) map[string]func(path string) error {
	t.Helper()
	kinds := map[string]func(path string) error{
		"is a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"no such file":   func(string) error { return nil },
		"larger than": func(path string) error {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				return err
			}
			return os.Truncate(path, maxFileBytes+1)
		},
	}
	if runtime.GOOS == "windows" {
		return kinds
	}
	kinds["is a named pipe"] = makeFIFO
	kinds["is a device"] = func(path string) error { return os.Symlink("/dev/zero", path) }
	kinds["is a socket"] = func(path string) error {
		listener, err := net.Listen("unix", path)
		if err == nil {
			t.Cleanup(func() { _ = listener.Close() })
		}
		return err
	}
	return kinds
}

// TestMoreNamedGroupsThanPlaces is refused with a line that says so.
func TestMoreNamedGroupsThanPlaces(t *testing.T) {
	d := newConfigDir(t)
	before, err := d.files.load(nil)
	if err != nil {
		t.Fatal(err)
	}
	d.files.settings.groupMax = 2
	d.write("proctree.yml", "groups:\n- {group: a, name: a}\n- {group: b, name: b}\n")
	if _, err := d.files.load(nil); err != nil {
		t.Errorf("as many as there are places: %v", err)
	}
	d.write("proctree.yml", "groups:\n- {group: a, name: a}\n- {group: b, name: b}\n- {group: c, name: c}\n")
	for _, from := range []*configuration{nil, before} {
		next, err := d.files.load(from)
		if err == nil || !strings.Contains(err.Error(), "3 named groups, but --group.max is 2") || from != nil && next.config != from.config {
			t.Errorf("error %v", err)
		}
	}
}

// TestWarnings names what is odd, and where.
func TestWarnings(t *testing.T) {
	for _, test := range []struct{ config, tokens, want string }{
		{"redact: on", "tokens: []", ""},
		{"groups: [{group: '{{.Name}}', name: .*}, {group: a, name: a}]", "", "line 1: groups[1]: never matches"},
		{"cmdline: none\ngroups:\n- {group: a, name: a}\n- {group: 'x{{.Cmdline}}', name: b}\nprocess_names: [{comm: [c]}]", "", "nothing of command lines: groups[1] in line 4, process_names[0] in line 5"},
		{"groups: [{group: 'x{{.Cmdline}}', name: b}]", "", ""},
		{"groups: [{group: 'x{{.Cmdline}}', name: b}, {group: c, cmdline: c}, {group: '{{.Matches.d}}', cmdline: '(?P<d>d)'}]", "tokens: []", "have nothing of them: groups[0] in line 1, groups[2] in line 1"},
		{"groups: [{group: 'x{{.Exe}}', name: b}, {group: '{{.ExeBase}}', name: c}]", "tokens: []", "last element of their paths: groups[0] in line 1"},
		{"groups: [{group: 'x{{.Exe}}', name: b}, {group: '{{.ExeBase}}', name: c}]", "", "last element of their paths: groups[0] in line 1"},
		{"groups: [{group: 'x{{.Cgroup}}', name: b}, {group: '{{.ExeBase}}', name: c}]", "tokens: []", "control groups, so names of groups have only the last element of their paths: groups[0] in line 1"},
		{"groups: [{group: 'x{{.Cgroup}}', name: b}]", "", ""},
	} {
		d := newConfigDir(t)
		d.write("proctree.yml", test.config)
		d.write("web.yml", "")
		if test.tokens == "" {
			d.files.settings.tokenFile = ""
		}
		c, err := d.files.load(nil)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(c.warnings(), "\n")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q, want %q", test.config, got, test.want)
		}
	}
}

// TestControlWarnings names what keeps controllers, or what they do, from having an effect.
func TestControlWarnings(t *testing.T) {
	const web = "control: {allow: [{group: web}]}"
	tokens := func(role access.Role) string {
		_, entry, err := access.NewToken("ann", role)
		if err != nil {
			t.Fatal(err)
		}
		return "tokens:\n" + entry
	}
	for name, test := range map[string]struct {
		config, tokens, front string
		eventsOff             bool
		want                  string
	}{
		"a token":                       {web, tokens(access.Controller), "", false, ""},
		"a token of an operator":        {web, tokens(access.Operator), "", false, "nobody can act"},
		"neither tokens nor users":      {web, "", "", false, "nobody can act"},
		"a user":                        {"control: {allow: [{group: web}], users: [ann]}", "", users, false, ""},
		"users without control.users":   {web, "", users, false, "nobody can act"},
		"a user that is nobody":         {"control: {allow: [{group: web}], users: [zoe]}", "", users, false, "\"zoe\" is not among"},
		"no events":                     {web, tokens(access.Controller), "", true, "--events.source=off: attempts"},
		"no signals":                    {"control: {allow: [{group: web}], signals: []}", tokens(access.Controller), "", false, "no signal may be sent"},
		"nearly every user":             {"control: {allow: [{user: '.{2,}'}]}", tokens(access.Controller), "", false, "or nearly every one"},
		"a controller without anything": {"redact: on", tokens(access.Controller), "", false, "has no section"},
	} {
		d := newConfigDir(t)
		d.write("proctree.yml", test.config)
		d.write("web.yml", test.front)
		d.write("tokens.yml", test.tokens)
		d.files.settings.enableControl = true
		if test.eventsOff {
			d.files.settings.events.source = eventsOff
		}
		if test.tokens == "" {
			d.files.settings.tokenFile = ""
		}
		c, err := d.files.load(nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := strings.Join(c.warnings(), "\n")
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) || strings.Contains(got, "\n") {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestUsersMayReadLabels: where the server in front lets only operators through, the metrics are
// theirs, and a reload that takes the users out hides what was for them.
func TestUsersMayReadLabels(t *testing.T) {
	d := newConfigDir(t)
	var current *configuration
	for _, step := range []struct {
		front     string
		open, exe bool
	}{{"", false, false}, {users, true, true}, {"", false, false}} {
		d.write("web.yml", step.front)
		var err error
		if current, err = d.files.load(current); err != nil {
			t.Fatal(err)
		}
		if shown := current.shown(); shown.Open != step.open || shown.Exe != step.exe || current.past.Shown.Exe != step.exe || current.events.Shown.Open != step.open {
			t.Errorf("with %q: %+v", step.front, shown)
		}
	}
}

// TestLabelsWhereProcessesAreHidden: with hidepid, the kernel shows an ordinary account nothing of the
// command lines of others, and so does /metrics unless somebody keeps it for operators.
func TestLabelsWhereProcessesAreHidden(t *testing.T) {
	for name, test := range map[string]struct {
		option, front string
		want          readers
	}{
		"open":                    {"", "", everybody},
		"hidden":                  {",hidepid=2", "", beyondViewers},
		"hidden, for operators":   {",hidepid=invisible", users, operators},
		"not hidden by its value": {",hidepid=0", "", everybody},
	} {
		d := newConfigDir(t)
		d.write("proctree.yml", `groups: [{name: x, group: "{{.Cmdline}} {{.Cgroup}}"}]`)
		d.write("web.yml", test.front)
		d.files.settings.tokenFile = ""
		d.files.settings.procPath = t.TempDir()
		if err := os.Mkdir(filepath.Join(d.files.settings.procPath, "1"), 0o700); err != nil {
			t.Fatal(err)
		}
		table := "22 27 0:21 / /proc rw - proc proc rw" + test.option + "\n"
		if err := os.WriteFile(filepath.Join(d.files.settings.procPath, "1/mountinfo"), []byte(table), 0o600); err != nil {
			t.Fatal(err)
		}
		if runtime.GOOS != "linux" {
			test.want = map[bool]readers{true: operators, false: everybody}[test.front != ""]
		}
		c, err := d.files.load(nil)
		if err != nil {
			t.Fatal(err)
		}
		if shown := c.shown(); c.readers() != test.want || shown.Open != (test.want != beyondViewers) || shown.LabelArgs([]string{"x", "y"}) == nil != (test.want == beyondViewers) {
			t.Errorf("%s: readers %d, labels %q", name, c.readers(), shown.LabelArgs([]string{"x", "y"}))
		}
	}
}

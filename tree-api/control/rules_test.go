package control

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// parse reads a section as the configuration file has it.
func parse(text string) (*Rules, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(text), &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 {
		return Parse(nil)
	}
	return Parse(document.Content[0])
}

func mustParse(tb testing.TB, text string) *Rules {
	tb.Helper()
	r, err := parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestWhatMayBeTouched(t *testing.T) {
	const some = "allow: [{group: 'web.*'}, {user: batch}, {group: db, user: postgres}]"
	for _, test := range []struct {
		name, rules string
		subject     Subject
		want        string // The rule that refuses; empty if none does.
	}{
		{"group", some, Subject{PID: 7, Group: "web-1", Grouped: true}, ""},
		{"part of a group", some, Subject{PID: 7, Group: "my-web", Grouped: true}, "control.allow"},
		{"user", some, Subject{PID: 7, Group: "x", User: "batch", Grouped: true}, ""},
		{"user whose name begins so", some, Subject{PID: 7, User: "batchelor"}, "control.allow"},
		{"both", some, Subject{PID: 7, Group: "db", User: "postgres", Grouped: true}, ""},
		{"one of both", some, Subject{PID: 7, Group: "db", User: "root", Grouped: true}, "control.allow"},
		{"no group", "allow: [{group: '.*'}]", Subject{PID: 7, Grouped: true}, ""},
		{"the group of what found no room", "allow: [{group: other}]", Subject{PID: 7, Group: "other"}, "control.allow"},
		{"no section", "", Subject{PID: 7, Group: "web-1", Grouped: true}, "control.allow"},
		{"no allow", "signals: [TERM]", Subject{PID: 7, Group: "web-1", Grouped: true}, "control.allow"},
		{"empty allow", "allow: []", Subject{PID: 7, Group: "web-1", Grouped: true}, "control.allow"},
		{"PID 1", "allow: [{user: '.*'}]", Subject{PID: 1}, "pid 1"},
		{"PID 0", "allow: [{user: '.*'}]", Subject{PID: 0}, "pid 1"},
		{"kernel", "allow: [{user: '.*'}]", Subject{PID: 2, Kernel: true}, "kernel"},
		{"own", "allow: [{user: '.*'}]", Subject{PID: 9, Own: true}, "exporter"},
		{"ancestor", "allow: [{user: '.*'}]", Subject{PID: 8, Ancestor: true}, "ancestor"},
	} {
		got := ""
		if refusal := mustParse(t, test.rules).checkSubject(test.subject); refusal != nil {
			got, _, _ = strings.Cut(refusal.Reason, ":")
			if refusal.Status != 403 {
				t.Errorf("%s: status %d", test.name, refusal.Status)
			}
		}
		if got != test.want {
			t.Errorf("%s: refused by %q, want %q", test.name, got, test.want)
		}
	}
}

func TestSignals(t *testing.T) {
	known, supported := []string{"TERM", "KILL", "USR1"}, []string{"TERM", "KILL"}
	for _, test := range []struct {
		rules, signal string
		status        int
	}{
		{"allow: []", "TERM", 0},
		{"signals: [TERM]", "TERM", 0},
		{"signals: [TERM]", "KILL", 403},
		{"signals: []", "TERM", 403},
		{"", "TERM", 403},
		{"signals: [USR1]", "USR1", 400},
		{"signals: [TERM]", "SIGTERM", 400},
		{"signals: [TERM]", "", 400},
	} {
		status := 0
		if refusal := mustParse(t, test.rules).checkSignal(test.signal, known, supported); refusal != nil {
			status = refusal.Status
		}
		if status != test.status {
			t.Errorf("%q, %s: status %d, want %d", test.rules, test.signal, status, test.status)
		}
	}
}

func TestWarnings(t *testing.T) {
	const all = "matches every process"
	for text, want := range map[string]string{
		"allow: [{group: '.*'}]":                          all,
		"allow: [{user: '.+'}]":                           all,
		"allow: [{user: '(.*)'}]":                         all,
		"allow: [{group: 'a|.*'}]":                        all,
		"allow: [{group: '.*', user: '.*'}]":              all,
		"allow: [{group: '.*', user: ann}]":               "",
		"allow: [{group: '[\\s\\S]*'}]":                   all,
		"allow: [{group: '.{1,}'}]":                       all,
		"allow: [{group: '.*.*'}]":                        all,
		"allow: [{user: root}, {user: '[^r].*|r[^o].*'}]": "control.allow: its entries together match every process",
		"allow: [{group: '\\w.*'}, {user: '\\W.*'}]":      all,
		"allow: [{group: '[a-m].*'}, {group: '[n-z].*'}]": "together match every process",
		"allow: [{user: '[a-z].*'}]":                      all,
		`allow: [{user: '\w+'}]`:                          all,
		"allow: [{group: '.*[a-zA-Z].*'}]":                all,
		`allow: [{group: '\w.*'}]`:                        all,
		"allow: [{group: '[a-zA-Z0-9].*'}]":               all,
		"allow: [{group: '.{2,}'}]":                       all,
		"allow: [{group: '[a-z]+.*', user: '\\w+'}]":      all,
		"allow: [{group: '[a-z].*', user: 'www-data'}]":   "",
		"allow: [{user: 'www-data|nobody|mysql'}]":        "",
		"allow: [{user: '[^r].*'}]":                       "",
		"allow: [{group: '.*-.*'}]":                       "",
		"allow: [{group: '[a-m].*'}]":                     "",
		"allow: [{group: web}]\nsignals: []":              "control.signals: the list is empty",
		`allow: [{user: '\S+'}]`:                          all,
		"allow: [{user: '[a-z_][a-z0-9_-]*'}]":            all,
		"allow: [{group: '[^/]+'}]":                       all,
		"allow: [{group: '[[:print:]]+'}]":                all,
		"allow: [{group: 'web'}]":                         "",
		"allow: []":                                       "without allow",
		"signals: [TERM]":                                 "without allow",
		"":                                                "",
		"allow:\n- {group: web}\n- {group: '(?s).*'}":     "line 3: control.allow[1] " + all,
	} {
		checkWarnings(t, "linux", text, want)
	}
	for text, want := range map[string]string{
		`allow: [{user: '.*\\.*'}]`:                          all,
		`allow: [{group: '.*\.exe'}]`:                        all,
		`allow: [{user: 'CORP\\.*'}]`:                        "",
		`allow: [{user: 'NT .*'}, {user: '[^N].*'}]`:         "together match every process",
		`allow: [{group: 'sqlservr\.exe', user: 'NT .*'}]`:   "",
		`allow: [{user: 'NT AUTHORITY\\(LOCAL|NETWORK).*'}]`: "",
	} {
		checkWarnings(t, "windows", text, want)
	}
}

// checkWarnings wants one line; none if want is empty.
func checkWarnings(t *testing.T, system, text, want string) {
	t.Helper()
	got := strings.Join(mustParse(t, text).warnings(sampleOf(system)), "\n")
	if want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "\n") {
		t.Errorf("%s, %q: warnings %q, want %q", system, text, got, want)
	}
}

func TestConfigurationErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a":                             "line 1",
		"allows: []":                    `line 1: control: unknown key "allows"; the keys are allow, signals, users`,
		"allow: web":                    "line 1: control.allow: must be a list",
		"allow: [web]":                  "line 1: must be a mapping",
		"allow: [{}]":                   "control.allow[0]: names neither group nor user",
		"allow:\n- {name: web}":         `line 2: control.allow[0]: unknown key "name"`,
		"allow:\n- {group: '('}":        "line 2: control.allow[0].group: bad expression",
		"allow: [{group: }]":            "control.allow[0].group: must be a text",
		"allow: [{group: ''}]":          "line 1: control.allow[0].group: must not be empty",
		"allow: [{user: \"\"}]":         "line 1: control.allow[0].user: must not be empty",
		"allow: [{group: a, group: b}]": "appears twice",
		"signals: [TERM, SEGV]":         `control.signals[1]: unknown signal "SEGV"; the signals are TERM,`,
		"signals: TERM":                 "control.signals: must be a list",
		"signals: [SIGTERM]":            "unknown signal",
		"signals: [[TERM]]":             "control.signals[0]: must be a text",
		"users: ['']":                   "control.users[0]",
		"users: {ann: yes}":             "control.users: must be a list",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want one line with %q", text, err, want)
		}
	}
	if r := mustParse(t, "users: [ann]"); !r.Users()["ann"] || r.Users()["bob"] {
		t.Errorf("the users are %v", r.Users())
	}
}

func FuzzConfiguration(f *testing.F) {
	f.Add("allow: [{group: web}]\nsignals: [TERM]\nusers: [ann]")
	f.Add("allow: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := parse(text)
		if err != nil {
			return
		}
		if refusal := r.checkSubject(Subject{PID: 1, Group: "web", Grouped: true}); refusal == nil {
			t.Error("PID 1 may be touched")
		}
	})
}

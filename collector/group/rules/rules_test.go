package rules_test

import (
	"errors"
	"strings"
	"testing"

	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

// nginx is a process of which everything is known.
var nginx = process.Facts{
	Exe: "/usr/sbin/nginx", Cmdline: []string{"nginx:", "worker", "--site=shop"}, User: "www-data",
	Cgroup: "/system.slice/nginx.service", Unit: "nginx.service", Container: "0123456789abcdef", PodUID: "pod-1",
}

func TestRules(t *testing.T) {
	tests := []struct{ name, rule, want string }{
		{"name", `{group: web, name: nginx}`, "web"},
		{"expressions match the whole value", `{group: web, name: ngin}`, "nginx"},
		{"an alternative is anchored as a whole", `{group: web, name: a|nginx|b}`, "web"},
		{"exe", `{group: web, exe: .*/nginx}`, "web"},
		{"command line, joined by spaces", `{group: web, cmdline: "nginx: worker .*"}`, "web"},
		{"user", `{group: web, user: www-data}`, "web"},
		{"unit", `{group: web, unit: nginx\.service}`, "web"},
		{"container", `{group: web, container: "[0-9a-f]+"}`, "web"},
		{"cgroup", `{group: web, cgroup: /system\.slice/.*}`, "web"},
		{"all matchers must match", `{group: web, name: nginx, user: root}`, "nginx"},
		{"an empty expression is an absent value", `{group: web, container: ""}`, "nginx"},
		{
			"fields", `{group: "{{.Name}} {{.ExeBase}} {{.User}} {{.Unit}} {{.PodUID}}", name: .*}`,
			"nginx nginx www-data nginx.service pod-1",
		},
		{"long fields", `{group: "{{.Exe}} {{.Cgroup}} {{.Cmdline}}", name: .*}`, "/usr/sbin/nginx /system.slice/nginx.service nginx: worker --site=shop"},
		{"functions", `{group: "{{slice .Container 0 4}}", name: .*}`, "0123"},
		{"captures", `{group: "site-{{.Matches.site}}", cmdline: ".*--site=(?P<site>\\S+)"}`, "site-shop"},
		{"a conditional", `{group: "{{if .Container}}boxed{{else}}{{.Name}}{{end}}", name: .*}`, "boxed"},
		{"a name that comes out empty is no match", `{group: "{{if eq .User \"root\"}}r{{end}}", name: .*}`, "nginx"},
		{"a template that fails is no match", `{group: "{{slice .Name 0 15}}", name: .*}`, "nginx"},
		{"a long name is cut between characters", `{group: "` + strings.Repeat("ü", 200) + `", name: .*}`, strings.Repeat("ü", 128)},
		{"a name may be as wild as YAML allows", `{group: "a\"b\nc\\", name: .*}`, "a\"b\nc\\"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := groupOf(t, "groups:\n  - "+test.rule+"\n", "nginx", nginx)
			if got != test.want || !ok {
				t.Errorf("group is %q, %v; want %q", got, ok, test.want)
			}
		})
	}
}

func TestTheFirstRuleWins(t *testing.T) {
	got, _ := groupOf(t, `
groups:
  - {group: no, name: apache}
  - {group: first, user: www-data}
  - {group: second, name: nginx}
process_names:
  - {name: third, comm: [nginx]}
`, "nginx", nginx)
	if got != "first" {
		t.Errorf("group is %q", got)
	}
}

func TestExcludeComesBeforeEverything(t *testing.T) {
	for _, rule := range []string{`name: nginx`, `cmdline: ".*shop.*"`, `{user: www-data, exe: /usr/.*}`} {
		if name, ok := groupOf(t, "groups: [{group: web, name: nginx}]\nexclude:\n  - "+rule, "nginx", nginx); ok || name != "" {
			t.Errorf("%s leaves the process in group %q", rule, name)
		}
	}
	if _, ok := groupOf(t, `exclude: [{user: root}]`, "nginx", nginx); !ok {
		t.Error("a rule that does not match excludes the process")
	}
}

func TestNothingIsKnownOfAProcess(t *testing.T) {
	config := "groups: [{group: \"{{.Exe}}{{.Cmdline}}x\", cmdline: \"\", exe: \"\"}]"
	if got, _ := groupOf(t, config, "nginx", process.Facts{}); got != "x" {
		t.Errorf("group is %q", got)
	}
	// A table made by hand may have no Facts at all.
	if got, _ := rulestest.Must(t, config).Decide(subject("init", nil, &everything)); got != "x" {
		t.Errorf("without facts the group is %q", got)
	}
}

func TestEmptySectionsAreNoRules(t *testing.T) {
	for _, config := range []string{"", "groups:", "groups: []\nexclude: []", "exclude: ~\nprocess_names:", "# nothing"} {
		if got, ok := groupOf(t, config, "nginx", nginx); got != "nginx" || !ok {
			t.Errorf("%q: group is %q, %v", config, got, ok)
		}
	}
}

func TestFaultsNameLineAndKey(t *testing.T) {
	tests := []struct{ name, config, want string }{
		{"not a list", "\ngroups: web", "line 2: groups: must be a list"},
		{"not a mapping", "groups:\n  - web", "line 2: groups[0]: must be a mapping of keys to values"},
		{"unknown key", "groups:\n  - group: a\n    nam: b", `line 3: groups[0]: unknown key "nam"`},
		{"a key twice", "groups:\n  - group: a\n    name: b\n    name: c", `line 4: groups[0]: key "name" appears twice`},
		{"no name", "groups:\n  - name: a", `line 2: groups[0]: has no "group", the name of the group`},
		{
			"no matcher", "groups:\n  - {group: a, name: a}\n  - group: b",
			`line 3: groups[1]: matches nothing in particular; give at least one matcher, as name: ".*"`,
		},
		{"an empty rule", "exclude:\n  - {}", `line 2: exclude[0]: matches nothing in particular`},
		{"null", "groups:\n  - group: a\n    name:", "line 3: groups[0].name: must be a text"},
		{"a list for a text", "groups:\n  - group: a\n    name: [b]", "line 3: groups[0].name: must be a text"},
		{"expression", "groups:\n  - group: a\n    exe: a(b", "line 3: groups[0].exe: bad expression: error parsing regexp: missing closing ): `a(b`"},
		{"a broken line", "groups:\n  - {group: a, name: \"a\\n(\"}", "line 2: groups[0].name: bad expression: error parsing regexp: missing closing ): `a\\n(`"},
		{"half expressions", "groups:\n  - {group: a, name: 'a)|(b'}", "line 2: groups[0].name: bad expression: error parsing regexp: unexpected ): `a)|(b`"},
		{"a long expression", "groups:\n  - {group: a, name: " + strings.Repeat("a", 20000) + "}", "line 2: groups[0].name: bad expression: longer than 16384 bytes"},
		{"template", "groups:\n  - name: a\n    group: '{{.Name'", "line 3: groups[0].group: bad template: template: group:1: unclosed action"},
		{"field", "groups:\n  - {group: '{{.Nam}}', name: a}", "line 2: groups[0].group: bad template: template: group:1:2: executing"},
		{"capture", "groups:\n  - {group: '{{.Matches.site}}', name: a}", `map has no entry for key "site"`},
		{"empty name", "groups:\n  - {group: '', name: a}", "line 2: groups[0].group: bad template: makes an empty name"},
		{"a lot of output", "groups:\n  - {group: '{{printf \"%0100000d\" 1}}', name: a}", "writes more than 64 KiB"},
		{
			"duplicate", "groups:\n  - {group: a, name: a}\n  - {group: b, name: b}\n  - {group: a, name: c}",
			`line 4: groups[2].group: group "a" is already named in line 2`,
		},
		{"exclude has no name", "exclude:\n  - {group: a, name: a}", `line 2: exclude[0]: unknown key "group"`},
		{"process_names: unknown key", "process_names:\n  - {name: a, exes: [a]}", `line 2: process_names[0]: unknown key "exes"`},
		{"process_names: no matcher", "process_names:\n  - name: a", "line 2: process_names[0]: no matcher; give at least one of comm, exe and cmdline"},
		{"process_names: not a list", "process_names:\n  - comm: bash", "line 2: process_names[0].comm: must be a list"},
		{"process_names: expression", "process_names:\n  - cmdline:\n    - a\n    - '['", "line 4: process_names[0].cmdline[1]: bad expression"},
		{"process_names: template", "process_names:\n  - comm: [a]\n    name: '{{.Name}}'", "line 3: process_names[0].name: bad template"},
		{"process_names: nested", "process_names:\n  - comm: [[a]]", "line 2: process_names[0].comm[0]: must be a text"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := rulestest.Parse(test.config, rules.Limits{})
			var fault *rules.ConfigError
			if !errors.As(err, &fault) || fault.Unwrap() == nil {
				t.Fatalf("error is %v, want a ConfigError", err)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error is\n%q, want one line with\n%q", err, test.want)
			}
		})
	}
}

func TestTooManyRules(t *testing.T) {
	_, err := rulestest.Parse("exclude:\n"+strings.Repeat("  - {name: a}\n", 10_001), rules.Limits{})
	if want := "line 2: exclude: has 10001 entries; at most 10000 are allowed"; err == nil || err.Error() != want {
		t.Errorf("error is %v, want %s", err, want)
	}
}

func TestAliasesAreFollowed(t *testing.T) {
	config := "groups:\n  - {group: &web web, name: nginx}\nexclude: [{name: *web}]"
	if got, _ := groupOf(t, config, "nginx", nginx); got != "web" {
		t.Errorf("group is %q", got)
	}
}

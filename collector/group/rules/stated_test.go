package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

func TestRulesThatNeverMatch(t *testing.T) {
	for _, test := range []struct {
		name, config string
		// warned are the keys of the rules that are warned of.
		warned []string
		named  []string
	}{
		{"none", "groups: [{group: a, name: a}, {group: b, name: b}]", nil, []string{"a", "b"}},
		{"behind a catch-all", "process_names:\n- {name: '{{.Comm}}', cmdline: ['.+']}\n- {name: docker, cmdline: [docker]}\n- {name: kernel, comm: [kthreadd]}", []string{"process_names[1]"}, []string{"kernel"}},
		{"behind a catch-all of groups", "groups: [{group: '{{.Name}}', name: .*}, {group: b, name: b}]\nprocess_names: [{name: c, comm: [c]}]", []string{"groups[1]", "process_names[0]"}, nil},
		{"behind one that may make no name", "groups: [{group: '{{.Unit}}', name: .*}, {group: b, name: b}]", nil, []string{"b"}},
		{"behind one that may fail", "groups: [{group: 'x{{slice .Name 0 9}}', name: .*}, {group: b, name: b}]", nil, []string{"b"}},
		{"behind one that looks at more", "groups: [{group: a, name: .*, user: root}, {group: b, name: b}]", nil, []string{"a", "b"}},
		{"behind the same", "groups: [{group: a, name: 'a|b'}, {group: b, name: b}, {group: c, name: '[bc]'}]", []string{"groups[1]"}, []string{"a", "c"}},
		{"behind the same expression", "groups: [{group: a, exe: '/opt/.*'}, {group: b, exe: '/opt/.*', user: joe}]", []string{"groups[1]"}, []string{"a"}},
		{"behind a duplicate in both lists", "groups: [{group: a, name: java}]\nprocess_names: [{name: b, comm: [java], cmdline: [x]}]", []string{"process_names[0]"}, []string{"a"}},
		{"excluded", "exclude: [{name: 'a.*'}]\ngroups: [{group: a, name: abc}, {group: b, name: b}]", []string{"groups[0]"}, []string{"b"}},
		{"not excluded", "exclude: [{name: a, user: root}]\ngroups: [{group: a, name: a}]", nil, []string{"a"}},
		{"a long comm", "process_names: [{name: supra, comm: [supra-server-daemon]}, {name: supra15, comm: [supra-server-da]}]", []string{"process_names[0]"}, []string{"supra15"}},
		{"one long comm of two", "process_names: [{name: supra, comm: [supra-server-daemon, x]}]", []string{"process_names[0]"}, []string{"supra"}},
		{"a long name", "groups: [{group: a, name: supra-server-daemon}, {group: b, name: supra-server-.*}, {group: c, name: 'supra-server-d.{6}'}]", []string{"groups[0]", "groups[2]"}, []string{"b"}},
		{"a long name in any case", "groups: [{group: a, name: '(?i)supra-server-daemon'}]", []string{"groups[0]"}, nil},
		{"an empty list", "process_names: [{name: a, comm: []}, {name: b, exe: []}]", []string{"process_names[0]", "process_names[1]"}, nil},
		{"an expression that matches nothing", "groups: [{group: a, name: '[^\\x00-\\x{10FFFF}]'}]", []string{"groups[0]"}, nil},
		{"a begin behind a character", "groups: [{group: a, name: 'a^b'}, {group: b, name: 'a$b|b^'}, {group: c, name: 'c(^|x)'}, {group: d, name: 'a^b|d'}]", []string{"groups[0]", "groups[1]"}, []string{"c", "d"}},
		{"a begin or an end of what may be empty", "groups: [{group: a, name: 'x?^a'}, {group: b, name: 'b$y*'}, {group: c, exe: '^/c$'}]", nil, []string{"a", "b", "c"}},
		{"a line within", "groups: [{group: a, cmdline: '(?m)a$.^b'}, {group: b, cmdline: '(?m)b$^b'}, {group: c, cmdline: '(?m)c^'}]", []string{"groups[1]", "groups[2]"}, []string{"a"}},
		{"a border of a word", "groups: [{group: a, name: 'a\\bb'}, {group: b, name: '\\Bb.*'}, {group: c, name: 'c\\b-'}, {group: d, name: '-\\bé'}, {group: e, name: '(?i)k\\b.'}]", []string{"groups[0]", "groups[1]", "groups[3]"}, []string{"c", "e"}},
		{"an expression that searches", "process_names: [{name: a, cmdline: ['x^', y]}, {name: b, cmdline: ['^b', 'x$']}, {name: c, cmdline: ['z$.+']}, {name: d, cmdline: ['\\B-']}]", []string{"process_names[0]", "process_names[2]"}, []string{"b", "d"}},
		{"what never matches takes nothing", "groups: [{group: a, name: 'a^b'}, {group: b, name: ab}]", []string{"groups[0]"}, []string{"b"}},
		{"an impossible rule hides nothing", "process_names: [{name: a, comm: [supra-server-daemon]}, {name: b, comm: [supra-server-daemon, b]}]", []string{"process_names[0]", "process_names[1]"}, []string{"b"}},
		{"cmdline behind cmdline", "process_names: [{name: a, cmdline: ['java', '-jar']}, {name: b, cmdline: ['-jar', 'java', 'x']}, {name: c, cmdline: [java]}]", []string{"process_names[1]"}, []string{"a", "c"}},
		{"a control group without a slash", "groups: [{group: a, cgroup: 'system.slice/.*'}, {group: b, cgroup: '/?system.slice/.*'}, {group: c, cgroup: '.*slice'}, {group: d, cgroup: ''}, {group: e, cgroup: '(x|[^a-z])y'}]", []string{"groups[0]"}, []string{"b", "c", "d", "e"}},
		{"a path without a slash", "groups: [{group: a, exe: java}, {group: b, exe: '\\w+/java|bin'}, {group: c, exe: '.*java'}, {group: d, exe: '(?i)/OPT/x'}]", []string{"groups[0]", "groups[1]"}, []string{"c", "d"}},
		{"excluded by a path without a slash", "exclude: [{exe: 'usr/bin/.*'}]", []string{"exclude[0]"}, nil},
		{"a name with a line break", "groups: [{group: a, name: \"a\\n\"}]\nprocess_names: [{name: b, comm: [\"b\\r\\n\", c]}]", []string{"groups[0]", "process_names[0]"}, []string{"a", "b"}},
		{"exe", "process_names: [{name: a, exe: [sh, bash]}, {name: b, exe: [bash]}, {name: c, exe: [/bin/bash]}]", []string{"process_names[1]"}, []string{"a", "c"}},
	} {
		parsed, err := rulestest.Parse(test.config, rulestest.LinuxLimits())
		if err != nil {
			t.Fatal(err)
		}
		var warned []string
		for _, warning := range parsed.Warnings() {
			if parts := strings.SplitN(warning, ": ", 3); len(parts) == 3 && strings.HasPrefix(parts[0], "line ") && !strings.Contains(warning, "\n") {
				warned = append(warned, parts[1])
			} else {
				t.Errorf("%s: the warning is %q", test.name, warning)
			}
		}
		if !slices.Equal(warned, test.warned) || !slices.Equal(parsed.Named(), test.named) {
			t.Errorf("%s: warns of %v and names %v, want %v and %v: %q", test.name, warned, parsed.Named(), test.warned, test.named, parsed.Warnings())
		}
	}
}

// FuzzNeverMatches holds that a process that a rule takes is never said to be out of its
// reach.
func FuzzNeverMatches(f *testing.F) {
	f.Add("a|b", "b", "(?P<x>.+)y?", "b", "b x")
	f.Add(".*", "b.", "", "bc", "")
	f.Add("(a*)|.", "[a-c]b", "^x", "ab", "xy")
	f.Fuzz(func(t *testing.T, first, second, search, name, cmdline string) {
		if len(name) > 15 {
			return
		}
		text := fmt.Sprintf("groups:\n- {group: one, name: %q}\n- {group: two, name: %q, cmdline: %q}\nprocess_names:\n- {name: three, cmdline: [%q]}\n- {name: four, comm: [%q]}\n", first, second, search, search, second)
		parsed, err := rulestest.Parse(text, rulestest.LinuxLimits())
		if err != nil {
			return
		}
		facts := process.Facts{Cmdline: strings.Fields(cmdline)}
		got, _ := parsed.Decide(subject(name, &facts, nil))
		for _, spelled := range []string{"one", "two", "three", "four"} {
			if got == spelled && got != name && !slices.Contains(parsed.Named(), got) {
				t.Errorf("%q with %q is in %s, which is said never to match: %q\n%s", name, cmdline, got, parsed.Warnings(), text)
			}
		}
	})
}

func TestMergeKeys(t *testing.T) {
	for _, test := range []struct{ name, config, comm, want string }{
		{"an anchor among the rules", "process_names:\n  - &base\n    name: \"{{.Comm}}\"\n    comm: [java]\n  - <<: *base\n    comm: [nginx]\n", "nginx", "nginx"},
		{"a list of merges", "process_names:\n  - &a {name: a, comm: [x]}\n  - &b {name: b, comm: [y]}\n  - {<<: [*b, *a], name: c, cmdline: ['']}\n", "y", "b"},
		{"its own keys go first", "groups:\n  - &a {group: a, name: x}\n  - {group: b, <<: *a, name: y}\n", "y", "b"},
		{"an extension", "groups:\n  - {group: a, name: x, x-owner: ops}\n", "x", "a"},
	} {
		if got, _ := groupOf(t, test.config, test.comm, process.Facts{Cmdline: []string{test.comm}}); got != test.want {
			t.Errorf("%s: group is %q, want %q", test.name, got, test.want)
		}
	}
	for name, test := range map[string]struct{ config, want string }{
		"no mapping":  {"groups:\n- {group: a, <<: [1], name: x}", "line 2: groups[0]: must be a mapping"},
		"unknown key": {"groups:\n- &a {group: a, name: x}\n- {<<: *a, group: b, nam: y}", `line 3: groups[1]: unknown key "nam"`},
	} {
		if _, err := rulestest.Parse(test.config, rules.Limits{}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", name, err, test.want)
		}
	}
}

// TestMergeOfItself ends.
func TestMergeOfItself(t *testing.T) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte("a: &a\n  <<: *a\n  b: 1\n"), &document); err != nil {
		t.Skipf("SKIP: the library refuses it: %v", err)
	}
	members, err := rules.Members(document.Content[0])
	if err != nil || len(members) != 1 {
		t.Fatal(members, err)
	}
	if _, err := rules.Members(members[0].Value); err == nil || !strings.Contains(err.Error(), "merges itself") {
		t.Errorf("the error is %v", err)
	}
}

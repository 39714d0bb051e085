package rules_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

// FuzzConfig: whatever the file, rules or one line come out of it, and whatever the
// process, a label value comes out of the rules.
func FuzzConfig(f *testing.F) {
	for _, config := range []string{
		"groups:\n- {group: db, exe: .*/(postgres|mysqld)}\n- {group: '{{.User}}-{{.Matches.s}}', cmdline: '.*/(?P<s>s-1\\d*) .*'}\nexclude:\n- user: user3\n",
		"process_names:\n  - name: '{{.Comm}}'\n    cmdline: ['.+']\n",
		"process_names:\n  - exe: [bash, /bin/sh]\n    name: '{{.ExeFull}}:{{.PID}}:{{.StartTime}}:{{.Cgroups}}'\n",
		"groups: [{group: a, name: &x b}, {group: *x, name: .*}]",
		"exclude:\n- {user: root}\n",
		"groups: {a: b}", "groups:\n - !!binary 1", "groups: [[]]", "exclude: *a", "groups: 1\n---\nexclude: 2",
	} {
		f.Add(config, "nginx", "nginx\x00worker --site=\xff")
	}
	f.Fuzz(func(t *testing.T, config, name, cmdline string) {
		if strings.Contains(config, "range") {
			t.Skip("a template may count as far as its author likes")
		}
		parsed, err := rulestest.Parse(config, rules.Limits{})
		if err != nil {
			var fault *rules.ConfigError
			if errors.As(err, &fault) && (fault.Line < 1 || fault.Key == "" || strings.Contains(err.Error(), "\n")) {
				t.Errorf("%q is not a line that names the place", err)
			}
			return
		}
		facts := process.Facts{Exe: cmdline, Cmdline: strings.Split(cmdline, "\x00"), User: name}
		group, verdict := parsed.Decide(subject(name, &facts, nil))
		if (group == "") == (verdict == rules.Grouped) || len(group) > rules.MaxNameBytes || !utf8.ValidString(group) {
			t.Errorf("the verdict is %v, the group %q", verdict, group)
		}
		for _, named := range parsed.Named() {
			if named == "" || len(named) > rules.MaxNameBytes || !utf8.ValidString(named) {
				t.Errorf("a named group is called %q", named)
			}
		}
	})
}

package group_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// FuzzConfig: whatever the file, rules or one line come out of it, and whatever the
// process, a label value comes out of the rules.
func FuzzConfig(f *testing.F) {
	for _, config := range []string{
		manyRules,
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
		rules, err := parse(config)
		if err != nil {
			var fault *group.ConfigError
			if errors.As(err, &fault) && (fault.Line < 1 || fault.Key == "" || strings.Contains(err.Error(), "\n")) {
				t.Errorf("%q is not a line that names the place", err)
			}
			return
		}
		facts := process.Facts{Exe: cmdline, Cmdline: strings.Split(cmdline, "\x00"), User: name}
		r := group.NewTracker(group.Config{Rules: rules}).Observe(
			hosttest.Snapshot(at(0), proc(7, 1, name, before, hosttest.Facts(facts))))
		for _, g := range r.Groups {
			if g.Name == "" || len(g.Name) > group.MaxNameBytes || !utf8.ValidString(g.Name) {
				t.Errorf("a group is called %q", g.Name)
			}
		}
		if got, ok := r.GroupOf(0); !ok && got != "" {
			t.Errorf("an excluded process is in group %q", got)
		}
	})
}

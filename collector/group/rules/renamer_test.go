package rules_test

import (
	"slices"
	"testing"

	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

// TestRecordedGroupsShowWhatMayBeShownNow holds that a name that an earlier configuration made has
// nothing that the configuration of now would not show.
func TestRecordedGroupsShowWhatMayBeShownNow(t *testing.T) {
	facts := &process.Facts{Exe: "/opt/secret/app", Cmdline: []string{"app", "--token=x"}, Unit: "app.service"}
	shown := &rules.Shown{Cmdline: masked}
	live := func(name string) bool { return name == "made earlier" }
	for _, test := range []struct{ name, config, recorded, want string }{
		{"no rules", "{}", "/opt/secret/app", "app"},
		{"no group", "{}", "", ""},
		{"the name of the process", "groups: [{group: x, name: app}]", "app", "app"},
		{"a name of the configuration", "groups: [{group: web, name: x}]", "web", "web"},
		{"another name of the configuration", "process_names: [{name: web, comm: [x]}]", "web", "web"},
		{"what finds no room", "groups: [{group: '{{.Exe}}', name: app}]", rules.Overflow, rules.Overflow},
		{"a path", "groups: [{group: 'x-{{.Exe}}', name: app}]", "x-/opt/secret/app", "x-app"},
		{"arguments", "groups: [{group: 'x-{{.Cmdline}}', name: app}]", "x-app --token=x", "x-"},
		{"the same", "groups: [{group: '{{.Unit}}', name: app}]", "app.service", "app.service"},
		{"a group of now", "{}", "made earlier", "made earlier"},
		{"inherited by nobody knows whom", "process_names: [{name: '{{.Comm}}', comm: [x]}]", "/opt/secret", ""},
	} {
		n := rules.NewRenamer(rulestest.Must(t, test.config), shown)
		n.Live = live
		if got := n.Group(test.recorded, *subject("app", facts, nil)); got != test.want {
			t.Errorf("%s: %q is shown as %q, want %q", test.name, test.recorded, got, test.want)
		}
	}
	var none *rules.Renamer
	if got := none.Group("/opt/secret/app", *subject("app", facts, nil)); got != "/opt/secret/app" {
		t.Errorf("without a configuration the name is %q", got)
	}
}

// TestInheritedGroupsKeepTheirName: the parent, which makes the name, may have the higher PID.
func TestInheritedGroupsKeepTheirName(t *testing.T) {
	n := rules.NewRenamer(rulestest.Must(t, "process_names: [{name: 'u-{{.Comm}}', comm: [parent]}]"), &rules.Shown{})
	names := []string{"child", "parent", "other"}
	for _, recorded := range [][]string{{"u-parent", "u-parent", "/opt"}, {"/x", "/x", ""}} {
		given := slices.Clone(recorded)
		got := n.Groups(recorded, func(i int) rules.Subject { s := subject(names[i], nil, nil); s.ID.PID = i; return *s })
		if got[1] != "u-parent" || got[2] != "" || got[0] != "u-parent" && recorded[0] == "u-parent" || !slices.Equal(recorded, given) {
			t.Errorf("%q is shown as %q", given, got)
		}
	}
}

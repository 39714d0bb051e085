package rules_test

import (
	"testing"

	"proctree/collector/process"
)

func TestProcessNames(t *testing.T) {
	tests := []struct {
		name, rule, comm string
		argv             []string
		want             string
	}{
		{"comm is any of the names", `{comm: [sh, bash]}`, "bash", []string{"/bin/bash", "-l"}, "bash"},
		{"the default name is that of argv[0]", `{comm: [x]}`, "x", []string{"/opt/long-name"}, "long-name"},
		{"or comm without a command line", `{comm: [kthreadd]}`, "kthreadd", nil, "kthreadd"},
		{"comm is no expression", `{comm: [ba.*]}`, "bash", []string{"bash"}, ""},
		{"comm may be a number", `{comm: [1234]}`, "1234", nil, "1234"},
		{"exe without a slash is the base of argv[0]", `{exe: [postgres]}`, "p", []string{"/usr/lib/postgres"}, "postgres"},
		{"exe with a slash is argv[0]", `{exe: [/bin/ksh]}`, "ksh", []string{"/bin/ksh"}, "ksh"},
		{"exe with a slash elsewhere", `{exe: [/bin/ksh]}`, "ksh", []string{"/usr/bin/ksh"}, ""},
		{"of two exes with one base the last counts", `{exe: [/a/x, /b/x]}`, "x", []string{"/a/x"}, ""},
		{"exe needs a command line", `{exe: [kthreadd]}`, "kthreadd", nil, ""},
		{"cmdline matches anywhere", `{cmdline: [serve]}`, "x", []string{"x", "observed"}, "x"},
		{"cmdline is all of its expressions", `{cmdline: [a, b]}`, "x", []string{"xa", "b"}, "xa"},
		{"cmdline, one of which fails", `{cmdline: [a, c]}`, "x", []string{"xa", "b"}, ""},
		{"no command line for .+", `{cmdline: [.+]}`, "kthreadd", nil, ""},
		{"all selectors must match", `{comm: [x], exe: [y]}`, "x", []string{"z"}, ""},
		{"an empty list of comm is nothing", `{comm: []}`, "x", []string{"x"}, ""},
		{"an empty list of cmdline is everything", `{cmdline: []}`, "x", []string{"x"}, "x"},
		{"fields", `{comm: [x], name: "{{.Comm}}:{{.ExeBase}}:{{.ExeFull}}:{{.Username}}:{{.PID}}"}`, "x", []string{"/y/z"}, "x:z:/y/z:joe:7"},
		{"cgroups", `{comm: [x], name: "{{.Cgroups}}{{index .Cgroups 0}}"}`, "x", nil, "[/a.slice]/a.slice"},
		{"start time", `{comm: [x], name: "{{.StartTime.UTC}}"}`, "x", nil, "2026-01-01 00:50:00 +0000 UTC"},
		{
			"captures", `{exe: [postmaster], cmdline: ["-D\\s+.+?(?P<Path>[^/]+)(?:$|\\s)"], name: "{{.ExeBase}}:{{.Matches.Path}}"}`,
			"postmaster",
			[]string{"/usr/bin/postmaster", "-D", "/data/pg"},
			"postmaster:pg",
		},
		{"captures of all expressions", `{cmdline: ["(?P<a>x+)", "(?P<b>y+)"], name: "{{.Matches.a}}{{.Matches.b}}"}`, "x", []string{"yyxx"}, "xxyy"},
		{"an unknown capture", `{comm: [x], name: "{{.Matches.a}}"}`, "x", nil, "<no value>"},
		{"what was written before an error", `{comm: [x], name: "a{{index .Cgroups 1}}b"}`, "x", nil, "a"},
		{"an empty name is in no group", "{comm: [x], name: '{{index .Cgroups 1}}'}\n  - {comm: [x]}", "x", nil, ""},
		{"empty keys are none", `{comm: [x], exe: , name: }`, "x", []string{"y"}, "y"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			facts := process.Facts{Cmdline: test.argv, User: "joe", Cgroup: "/a.slice"}
			got, ok := groupOf(t, "process_names:\n  - "+test.rule+"\n", test.comm, facts)
			if got != test.want || !ok {
				t.Errorf("group is %q, %v; want %q", got, ok, test.want)
			}
		})
	}
}

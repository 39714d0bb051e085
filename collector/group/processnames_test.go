package group_test

import (
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
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

// TestUnmatchedChildrenJoinTheirParent: process-exporter's -children, which is on by
// default.
func TestUnmatchedChildrenJoinTheirParent(t *testing.T) {
	rules := mustParse(t, `
process_names:
  - name: web
    comm: [nginx, hidden]
  - name: db
    comm: [postgres]
exclude:
  - user: secret
`)
	tracker := group.NewTracker(group.Config{Rules: rules})
	table := []process.Process{
		proc(1, 0, "init", before), proc(2, 1, "cron", before+1),
		// A child may have the lower PID.
		proc(40, 50, "logger", before+3*time.Second), proc(50, 1, "nginx", before+2*time.Second),
		proc(51, 40, "gzip", before+4*time.Second), proc(52, 50, "postgres", before+4*time.Second),
		proc(53, 52, "wal", before+5*time.Second),
		proc(60, 1, "hidden", before, hosttest.User(7, "secret")), proc(61, 60, "child", before+time.Second),
	}
	groups := func(r *group.Report) []string {
		list := make([]string, len(r.Snapshot.Processes))
		for i := range list {
			list[i], _ = r.GroupOf(i)
		}
		return list
	}
	r := tracker.Observe(hosttest.Snapshot(at(0), table...))
	want := []string{"", "", "web", "web", "web", "db", "db", "", ""}
	if got := groups(r); !slices.Equal(got, want) {
		t.Errorf("groups are %q, want %q", got, want)
	}
	if got := names(r); !slices.Equal(got, []string{"db", "web"}) {
		t.Errorf("the report has groups %q", got)
	}

	// An orphan stays where it was; what a short-lived child burned is its parent's.
	table[2].PPID = 1
	s := hosttest.Snapshot(at(15*time.Second), table...)
	s.ExitSource = process.ExitsBPF
	s.Exits = []process.Exit{
		{ID: process.ID{PID: 70, StartTicks: hosttest.Ticks(at(time.Second))}, Parent: 53, Name: "sh", Known: process.HasCPU, UserTime: time.Second},
		{Parent: 53, Name: "sh", Processes: 3, Known: process.HasCPU, UserTime: time.Second},
		{Parent: 1, Name: "sh", Processes: 3, Known: process.HasCPU, UserTime: time.Hour},
	}
	r = tracker.Observe(s)
	if got := groups(r); !slices.Equal(got, want) {
		t.Errorf("then groups are %q, want %q", got, want)
	}
	if db := groupNamed(t, r, "db"); db.UserTime != 2*time.Second || db.ShortLived != 4 {
		t.Errorf("db has %v of %d short-lived processes", db.UserTime, db.ShortLived)
	}
}

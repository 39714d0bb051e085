package rules_test

import (
	"strings"
	"testing"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/process"
)

// masked hides every argument that begins with "--password=".
func masked(args []string) []string {
	var shown []string
	for _, arg := range args {
		if strings.HasPrefix(arg, "--password=") {
			arg = "--password=***"
		}
		shown = append(shown, arg)
	}
	return shown
}

// TestNamesShowWhatMayBeShown holds that the name of a group has nothing of a command line
// or a path that is not to be shown.
func TestNamesShowWhatMayBeShown(t *testing.T) {
	java := process.Facts{
		Exe: "/opt/jdk/bin/java", Cmdline: []string{"/opt/jdk/bin/java", "-jar", "shop.jar", "--password=hunter2"},
		User: "joe", Cgroup: "/system.slice/shop.service", Unit: "shop.service",
	}
	all := rules.Shown{Cmdline: masked, Open: true, Exe: true}
	none := rules.Shown{Cmdline: func([]string) []string { return nil }, Open: true, Exe: true}
	local := rules.Shown{Cmdline: masked, Open: true}
	tokens := rules.Shown{Cmdline: masked}
	for _, test := range []struct {
		rule string
		// masked is for operators, local for everybody without tokens, withTokens with tokens.
		masked, none, local, withTokens string
	}{
		{`groups: [{group: "{{.Cmdline}}x", name: java}]`, "/opt/jdk/bin/java -jar shop.jar --password=***x", "x", "/opt/jdk/bin/java -jar shop.jar --password=***x", "x"},
		{`groups: [{group: "{{.Matches.a}}x", cmdline: ".*-jar (?P<a>.+)"}]`, "shop.jar --password=***x", "x", "shop.jar --password=***x", "x"},
		{`groups: [{group: "{{.Matches.a}}x", cmdline: ".*--password=(?P<a>hunter.)"}]`, "x", "x", "x", "x"},
		{`groups: [{group: secret, cmdline: ".*hunter2"}]`, "secret", "secret", "secret", "secret"},
		{`groups: [{group: "{{.Exe}}:{{.ExeBase}}:{{.Cgroup}}", name: java}]`, "/opt/jdk/bin/java:java:/system.slice/shop.service", "/opt/jdk/bin/java:java:/system.slice/shop.service", "java:java:/system.slice/shop.service", "java:java:shop.service"},
		{`groups: [{group: "{{.Matches.dir}}:{{.Matches.app}}", exe: "(?P<dir>/opt/(?P<app>[^/]+)/bin)/.*"}]`, "/opt/jdk/bin:jdk", "/opt/jdk/bin:jdk", "bin:jdk", "bin:jdk"},
		{`groups: [{group: "{{.Unit}}:{{.User}}", name: java}]`, "shop.service:joe", "shop.service:joe", "shop.service:joe", "shop.service:joe"},
		{`process_names: [{name: "{{.Comm}}:{{.Matches.args}}", cmdline: ["-jar (?P<args>.+)"]}]`, "java:shop.jar --password=***", "java:", "java:shop.jar --password=***", "java:"},
		{`process_names: [{name: "{{.ExeFull}}:{{.ExeBase}}:{{.Cgroups}}", comm: [java]}]`, "/opt/jdk/bin/java:java:[/system.slice/shop.service]", "java:java:[/system.slice/shop.service]", "/opt/jdk/bin/java:java:[/system.slice/shop.service]", "java:java:[shop.service]"},
		{`process_names: [{exe: [/opt/jdk/bin/java]}]`, "java", "java", "java", "java"},
	} {
		for _, as := range []struct {
			shown rules.Shown
			want  string
		}{{all, test.masked}, {none, test.none}, {local, test.local}, {tokens, test.withTokens}} {
			if got, _ := rulestest.Must(t, test.rule).Decide(subject("java", &java, &as.shown)); got != as.want {
				t.Errorf("%s: group is %q, want %q", test.rule, got, as.want)
			}
		}
	}
}

// TestExeBaseOfWindows: its paths have backslashes.
func TestExeBaseOfWindows(t *testing.T) {
	for exe, want := range map[string]string{
		`C:\Windows\System32\svchost.exe`: "svchost.exe", `svchost.exe`: "svchost.exe", `/usr/bin/a\b`: `a\b`, "": "none",
	} {
		got, _ := groupOf(t, `groups: [{group: "{{with .ExeBase}}{{.}}{{else}}none{{end}}", name: .*}]`, "x", process.Facts{Exe: exe})
		if got != want {
			t.Errorf("the base of %s is %q, want %q", exe, got, want)
		}
	}
}

// TestStartTimeNamesOneGroup: however the clocks are read, a process' start stays the same
// after the exporter was started again.
func TestStartTimeNamesOneGroup(t *testing.T) {
	names := map[string]bool{}
	for _, jitter := range []time.Duration{0, 137 * time.Microsecond, 5 * time.Millisecond} {
		parsed := rulestest.Must(t, `process_names: [{name: "{{.Comm}} {{.PID}} {{.StartTime}}", comm: [x]}]`)
		s := subject("x", nil, &everything)
		s.Clock.Epoch = s.Clock.Epoch.Add(300*time.Millisecond + jitter)
		name, _ := parsed.Decide(s)
		names[name] = true
	}
	if !names["x 7 2026-01-01 00:50:00 +0000 UTC"] || len(names) != 1 {
		t.Errorf("one process is in the groups %v", names)
	}
}

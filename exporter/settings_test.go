package main

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector"
	"proctree/exporter/flagtest"
)

func TestSettingsDefaults(t *testing.T) {
	s, err := parseSettings(nil, new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{":10056"}, *s.web.WebListenAddresses); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	if s.telemetryPath != "/metrics" || s.maxRequests != 40 || s.maxAge != time.Second || s.processTop != 20 {
		t.Errorf("defaults are %+v", s)
	}
	var on []string
	for _, spec := range collector.Table() {
		if spec.Default {
			on = append(on, spec.Name)
		}
	}
	if diff := cmp.Diff(on, s.collectors); diff != "" {
		t.Errorf("collectors (-want +got):\n%s", diff)
	}
}

func TestCollectorFlags(t *testing.T) {
	tests := []struct {
		name    string
		args    []string
		with    []string
		without []string
		only    bool
	}{
		{"off", []string{"--no-collector.group_io"}, []string{"group_cpu"}, []string{"group_io"}, false},
		{"on", []string{"--collector.group_proportional_memory"}, []string{"group_proportional_memory", "scan"}, nil, false},
		{"none", []string{"--collector.disable-defaults"}, nil, nil, true},
		{"one", []string{"--collector.disable-defaults", "--collector.scan"}, []string{"scan"}, nil, true},
		{"one, flags turned round", []string{"--collector.scan", "--collector.disable-defaults"}, []string{"scan"}, nil, true},
		{"one off among none", []string{"--collector.disable-defaults", "--no-collector.scan"}, nil, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := parseSettings(tt.args, new(bytes.Buffer))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range tt.with {
				if !slices.Contains(s.collectors, name) {
					t.Errorf("%s is off", name)
				}
			}
			for _, name := range tt.without {
				if slices.Contains(s.collectors, name) {
					t.Errorf("%s is on", name)
				}
			}
			if tt.only && len(s.collectors) != len(tt.with) {
				t.Errorf("on are %v", s.collectors)
			}
		})
	}
}

func TestBadFlags(t *testing.T) {
	tests := []struct {
		args string
		want string
	}{
		{"--bogus", "unknown long flag '--bogus', try --help"},
		{"stray", "unexpected stray, try --help"},
		{"--collector.nope", "unknown long flag '--collector.nope', try --help"},
		{"--web.telemetry-path=metrics", `--web.telemetry-path: "metrics" is not a path; set one such as /metrics`},
		{"--web.telemetry-path=/", `--web.telemetry-path: "/" is not a path; set one such as /metrics`},
		{"--web.telemetry-path=/{x}", `--web.telemetry-path: "/{x}" is not a path; set one such as /metrics`},
		{"--web.telemetry-path=/a/../b", `--web.telemetry-path: "/a/../b" is not a path; set one such as /metrics`},
		{"--web.telemetry-path=/api/v1/tree", `--web.telemetry-path: "/api/v1/tree" is not allowed, because /api serves something else`},
		{"--web.telemetry-path=/-/ready", `--web.telemetry-path: "/-/ready" is not allowed, because /- serves something else`},
		{"--web.max-requests=-1", "--web.max-requests: -1 is too small; set a number of at least 0"},
		{"--api.max-streams=0", "--api.max-streams: 0 is too small; set a number of at least 1"},
		{"--runtime.gomaxprocs=0", "--runtime.gomaxprocs: 0 is too small; set a number of at least 1"},
		{"--scan.process-deadline=0s", "--scan.process-deadline: 0s is not allowed; set a duration above 0, such as 100ms"},
		{"--scan.max-age=-1s", "--scan.max-age: -1s is not allowed; set a duration of 0s or more"},
		{"--process.hold=-1s", "--process.hold: -1s is not allowed; set a duration of 0s or more"},
		{"--group.expire=-1s", "--group.expire: -1s is not allowed; set a duration of 0s or more"},
		{"--process.top=-1", "--process.top: -1 is too small; set a number of at least 0, try --help"},
		{"--group.max=99999999999999999999", `--group.max: "99999999999999999999" is out of range, try --help`},
		{"--api.max-streams=-99999999999999999999", `--api.max-streams: "-99999999999999999999" is out of range, try --help`},
		{"--group.max=many", `--group.max: "many" is not a whole number; set one of at least 0, try --help`},
		{"--group.max=", `--group.max: "" is not a whole number; set one of at least 0, try --help`},
		{"--group.max=1.5", `--group.max: "1.5" is not a whole number; set one of at least 0, try --help`},
		{"--runtime.gomaxprocs=1e1", `--runtime.gomaxprocs: "1e1" is not a whole number; set one of at least 1, try --help`},
		{"--host.bpf-pin-gid=-1", "--host.bpf-pin-gid: -1 is too small; set a number of at least 0, try --help"},
		{"--scan.max-age=soon", `--scan.max-age: time: invalid duration "soon", try --help`},
		{"--collector.system.namespace=a-b", `--collector.system.namespace: "a-b" is not the prefix of a metric name`},
		{"--collector.system_vmstat.fields=(", "--collector.system_vmstat.fields: error parsing regexp: missing closing )"},
		{"--collector.system_filesystem.mount-timeout=0s", "--collector.system_filesystem.mount-timeout: 0s is not allowed; set a duration above 0, such as 100ms"},
		{"--log.level=loud", "--log.level: enum value must be one of debug,info,warn,error, got 'loud', try --help"},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			_, err := parseSettings([]string{tt.args}, new(bytes.Buffer))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %q, want %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

// TestHelpTellsDefaultsFromExamples is here for the flags of the exporter. The commands have their own tests.
func TestHelpTellsDefaultsFromExamples(t *testing.T) {
	app, _ := new(settings).newApp()
	flagtest.CheckDefaults(t, app)
}

func TestQuestionsAreAnswered(t *testing.T) {
	for flag, want := range map[string]string{
		"--help":    "--[no-]collector.group_cpu",
		"-h":        "--web.listen-address=:10056",
		"--version": "proctree_exporter, version",
	} {
		var out bytes.Buffer
		if _, err := parseSettings([]string{flag}, &out); !errors.Is(err, errAnswered) {
			t.Errorf("%s: error %v", flag, err)
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s does not say %q:\n%s", flag, want, out.String())
		}
	}
}

func TestZeroMeansNone(t *testing.T) {
	s, err := parseSettings([]string{"--process.top=0", "--group.expire=0s"}, new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if c := s.groupConfig(&configuration{config: &config{}}); c.Top >= 0 || c.Expire >= 0 || c.MaxGroups != s.groupMax {
		t.Errorf("got %+v", c)
	}
}

func TestProportionalMemoryIsReadOnlyForItsCollector(t *testing.T) {
	for flag, want := range map[string]time.Duration{
		"--scan.proportional-budget=70ms":       0,
		"--collector.group_proportional_memory": 50 * time.Millisecond,
	} {
		s, err := parseSettings([]string{flag}, new(bytes.Buffer))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.hostConfig(nil).ProportionalBudget; got != want {
			t.Errorf("%s: budget %v, want %v", flag, got, want)
		}
	}
}

package treeapi

import (
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"proctree/collector/group/rules"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

func TestPrivacyYAML(t *testing.T) {
	for text, want := range map[string]Privacy{
		"":                            {},
		"redact: on":                  {},
		"redact: yes":                 {},
		"redact: off":                 {Redact: RedactOff},
		"redact: false":               {Redact: RedactOff},
		"cmdline: full":               {},
		"cmdline: none\nredact: off":  {Cmdline: CmdlineNone, Redact: RedactOff},
		"redact_patterns: []":         {},
		"redact_patterns: ['a(b)?c']": {},
	} {
		var got Privacy
		if err := yaml.Unmarshal([]byte(text), &got); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if got.Redact != want.Redact || got.Cmdline != want.Cmdline {
			t.Errorf("%q gives %+v, want %+v", text, got, want)
		}
	}
}

func TestPrivacyYAMLErrors(t *testing.T) {
	for text, want := range map[string]string{
		"redact: maybe":                 "line 1: redact: must be on or off",
		"redact: [on]":                  "line 1: redact: must be on or off",
		"cmdline: some":                 "line 1: cmdline: must be full or none",
		"redact_patterns: x":            "line 1: redact_patterns: must be a list",
		"redact_patterns:\n- ok\n- '('": "line 3: redact_patterns[1]: error parsing regexp",
		"redact_patterns:\n- [x]":       "line 2: redact_patterns[0]: must be a regular expression",
		"redact_patterns:\n- ''":        "line 2: redact_patterns[0]: must be a regular expression",
		"redact_patterns: [" + strings.Repeat("x,", 1001) + "]": "at most 1000",
	} {
		err := yaml.Unmarshal([]byte(text), new(Privacy))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: error %v, want %s", text, err, want)
		}
	}
}

// TestSecretsAreMaskedEverywhere holds that a masked secret is neither shown nor found.
func TestSecretsAreMaskedEverywhere(t *testing.T) {
	app := hosttest.Process(1, 0, "app", hosttest.Cmdline("app", "--password=hunter2", "seed-4711", "--fast"))
	snapshot := hosttest.Snapshot(time.Hour, app)
	var privacy Privacy
	if err := yaml.Unmarshal([]byte("redact_patterns: ['seed-(.*)']"), &privacy); err != nil {
		t.Fatal(err)
	}
	source := &treetest.Fixed{}
	show := func(privacy Privacy) {
		source.Newest = treetest.ReportShown(t, rules.Shown{Cmdline: privacy.Shower()}, snapshot)
	}
	show(privacy)
	api := apiOf(t, func(cfg *Config) {
		cfg.Source = source
		cfg.Detailer = inFull{id: app.ID, detail: process.Detail{}}
	})
	for _, path := range []string{"/tree", "/processes", "/processes/1"} {
		body := string(ask(t, api, "/api/v1"+path).Body)
		if !strings.Contains(body, `["app","--password=***","seed-***","--fast"]`) {
			t.Errorf("%s shows %s", path, body)
		}
	}
	for _, query := range []string{"match=hunter2", "match=4711", "regexp=hunter.", "regexp=password%3Dh"} {
		if body := string(ask(t, api, "/api/v1/tree?"+query).Body); !strings.Contains(body, `"matched":0`) {
			t.Errorf("%s finds a secret: %s", query, body)
		}
	}
	show(Privacy{Redact: RedactOff})
	if body := string(ask(t, api, "/api/v1/tree?match=hunter2").Body); !strings.Contains(body, "--password=hunter2") {
		t.Errorf("masked although that is off: %s", body)
	}
	show(Privacy{Cmdline: CmdlineNone})
	if body := string(ask(t, api, "/api/v1/tree").Body); strings.Contains(body, "cmdline") || strings.Contains(body, "--fast") {
		t.Errorf("shown although there are to be none: %s", body)
	}
}

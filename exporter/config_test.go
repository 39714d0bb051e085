package main

import (
	"strings"
	"testing"
)

func TestParseConfig(t *testing.T) {
	tests := []struct {
		name, text, wantErr string
	}{
		{name: "empty"},
		{name: "comments", text: "# nothing\n"},
		{name: "null", text: "~\n"},
		{name: "sections without a value", text: "groups:\nexclude:\n"},
		{name: "groups", text: "groups:\n- name: web.*\n  group: web\n"},
		{name: "process-exporter's", text: "process_names:\n- name: \"{{.Comm}}\"\n  cmdline:\n  - '.+'\n"},
		{
			name: "unknown key", text: "groups: []\ngrups: []\n",
			wantErr: `line 2: unknown key "grups"; the keys are groups,`,
		},
		{name: "key twice", text: "groups: []\nexclude: []\ngroups: []\n", wantErr: `line 3: key "groups" appears twice`},
		{name: "list", text: "- a\n", wantErr: "line 1: must be a mapping"},
		{name: "text", text: "groups\n", wantErr: "line 1: must be a mapping"},
		{name: "two documents", text: "groups: []\n---\nexclude: []\n", wantErr: "a second document"},
		{name: "no YAML", text: "groups: [\n", wantErr: "line 1: did not find expected node content"},
		{name: "tabs", text: "groups:\n\t- name: a\n", wantErr: "line 2: found character that cannot start any token"},
		{name: "privacy", text: "redact: off\nredact_patterns: ['tok_(.*)']\ncmdline: none\n"},
		{name: "privacy without values", text: "redact:\nredact_patterns:\ncmdline:\n"},
		{name: "bad redact", text: "\nredact: maybe\n", wantErr: "line 2: redact: must be on or off"},
		{name: "bad pattern", text: "redact_patterns:\n- '('\n", wantErr: "line 2: redact_patterns[0]: "},
		{name: "bad cmdline", text: "cmdline: some\n", wantErr: "line 1: cmdline: must be full or none"},
		{name: "bad expression", text: "groups:\n- name: '('\n  group: a\n", wantErr: "line 2: groups[0].name: "},
		{name: "bad template", text: "groups:\n- name: a\n  group: '{{'\n", wantErr: "line 3: groups[0].group: "},
		{name: "unknown key in a rule", text: "groups:\n- nam: a\n  group: a\n", wantErr: `unknown key "nam"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseConfig([]byte(tt.text))
			if tt.wantErr == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Fatalf("error %v, want %s", err, tt.wantErr)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
		})
	}
}

// FuzzParseConfig: whatever the file says, the answer is a configuration or one line.
func FuzzParseConfig(f *testing.F) {
	f.Add([]byte("groups:\n- name: web.*\n  group: web\n"))
	f.Add([]byte("process_names:\n- name: \"{{.Comm}}\"\n  cmdline: ['.+']\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("exclude: {<<: {name: b}}\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parseConfig(data)
		if (c == nil) == (err == nil) {
			t.Fatalf("configuration %v and error %v", c, err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("more than one line: %q", err)
		}
	})
}

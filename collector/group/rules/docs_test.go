package rules_test

import (
	"os"
	"strings"
	"testing"

	"proctree/collector/process"
)

// examples returns the YAML blocks of docs/configuration.md by their first key.
func examples(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for i, part := range strings.Split(string(text), "```") {
		block, isYAML := strings.CutPrefix(part, "yaml\n")
		if i%2 == 0 || !isYAML {
			continue
		}
		key, _, _ := strings.Cut(block, ":")
		if blocks[key] != "" {
			t.Errorf("two examples begin with %q", key)
		}
		blocks[key] = block
	}
	return blocks
}

func TestExamplesOfTheDocumentation(t *testing.T) {
	blocks := examples(t)
	cmdline := func(args string) process.Facts { return process.Facts{Cmdline: strings.Fields(args)} }
	tests := []struct {
		example, name string
		facts         process.Facts
		want          string
		shown         bool
	}{
		{"groups", "nginx", process.Facts{Exe: "/usr/sbin/nginx", Unit: "nginx.service"}, "web", true},
		{"groups", "postgres", cmdline("/usr/lib/postgresql/16/bin/postgres -D /var/lib/postgresql/16/main -c x"), "postgres-16/main", true},
		{"groups", "java", process.Facts{Container: "0123", PodUID: "5b8c2f6e-0d9e"}, "pod-5b8c2f6e", true},
		{"groups", "java", process.Facts{Container: "0123", Unit: "docker.service"}, "docker.service", true},
		{"groups", "sshd", process.Facts{Unit: "ssh.service"}, "ssh.service", true},
		{"groups", "bash", process.Facts{Unit: "session-1.scope"}, "bash", true},
		{"process_names", "process-exporte", cmdline("/usr/local/bin/process-exporter -config.path /etc/pe.yml"), "process-exporter:/etc/pe.yml", true},
		{"process_names", "bash", cmdline("-bash"), "-bash", true},
		{"process_names", "postgres", cmdline("/usr/lib/postgresql/16/bin/postgres -D x"), "postgres", true},
		{"process_names", "prometheus", cmdline("/usr/bin/prometheus"), "", true},
		{"exclude", "sh", process.Facts{User: "vault"}, "", false},
		{"exclude", "gpg-agent", process.Facts{}, "", false},
		{"exclude", "job", cmdline("job --secret-job now"), "", false},
		{"exclude", "password", process.Facts{}, "password", true},
	}
	for _, test := range tests {
		got, shown := groupOf(t, blocks[test.example], test.name, test.facts)
		if got != test.want || shown != test.shown {
			t.Errorf("%s: %s %q is in %q, shown %v; want %q, %v",
				test.example, test.name, test.facts.Cmdline, got, shown, test.want, test.shown)
		}
	}
	if len(blocks) != 3 {
		t.Errorf("there are %d examples, of which some are not tested", len(blocks))
	}
}

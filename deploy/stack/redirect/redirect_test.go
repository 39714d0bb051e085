package redirect

import (
	"os"
	"strings"
	"testing"
)

var mailbox = Mailbox{SMTP: "127.0.0.1:2525", URL: "http://127.0.0.1:8025"}

// TestNothingLeavesThisMachine looks for any address of the shipped configuration, and any
// file with a secret, in what is made of it.
func TestNothingLeavesThisMachine(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../../alertmanager/alertmanager.yml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Config(config, mailbox)
	if err != nil {
		t.Fatal(err)
	}
	text := string(got)
	for _, gone := range []string{"mail.example.org", "_file", "credentials"} {
		if strings.Contains(text, gone) {
			t.Errorf("%s is still there:\n%s", gone, text)
		}
	}
	for _, there := range []string{
		"smtp_smarthost: 127.0.0.1:2525", "api_url: http://127.0.0.1:8025/sns", "api_url: http://127.0.0.1:8025/slack/chat",
		"webhook_url: http://127.0.0.1:8025/teams/database", "url: http://127.0.0.1:8025/webhook/on-call",
		"name: host-down", "active_time_intervals:", "templates/*.tmpl",
	} {
		if !strings.Contains(text, there) {
			t.Errorf("%s is missing:\n%s", there, text)
		}
	}
}

func TestConfigRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, config, want string }{
		{"what is not YAML", "receivers: [", "alertmanager's configuration: yaml"},
		{"an unknown kind", "receivers: [{name: a, pagerduty_configs: [{routing_key: k}]}]", "receiver a: pagerduty_configs cannot be redirected to a mailbox"},
		{"an entry of another shape", "receivers: [{name: a, webhook_configs: [x]}]", "receiver a: webhook_configs: entry 1 is not a mapping"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, err := Config([]byte(test.config), mailbox); err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got error %v, want %s", err, test.want)
			}
		})
	}
}

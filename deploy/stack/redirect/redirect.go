// Package redirect makes Alertmanager's configuration send everything to a mailbox on this
// machine: routes, inhibition, grouping and templates stay as they are, so that what would be
// sent to the world can be seen.
package redirect

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mailbox says where a mailbox listens.
type Mailbox struct {
	// SMTP is HOST:PORT of its mail server.
	SMTP string
	// URL is where it takes web hooks, without a slash at the end.
	URL string
}

// Config returns the configuration, as YAML, with the addresses of all its receivers replaced
// and without the names of any file with a secret. A kind of receiver that it does not know is
// an error, for it might reach the world.
func Config(config []byte, to Mailbox) ([]byte, error) {
	var root map[string]any
	if err := yaml.Unmarshal(config, &root); err != nil {
		return nil, fmt.Errorf("alertmanager's configuration: %w", err)
	}
	root["global"] = map[string]any{
		"smtp_smarthost":   to.SMTP,
		"smtp_from":        "alertmanager@localhost",
		"smtp_require_tls": false,
	}
	receivers, _ := root["receivers"].([]any)
	for _, r := range receivers {
		receiver, _ := r.(map[string]any)
		name := fmt.Sprint(receiver["name"])
		for key, value := range receiver {
			list, ok := value.([]any)
			if !ok {
				continue
			}
			for i, item := range list {
				settings, ok := item.(map[string]any)
				if !ok {
					return nil, fmt.Errorf("receiver %s: %s: entry %d is not a mapping", name, key, i+1)
				}
				if err := to.receive(strings.TrimSuffix(key, "_configs"), name, settings); err != nil {
					return nil, fmt.Errorf("receiver %s: %w", name, err)
				}
			}
		}
	}
	out, err := yaml.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("alertmanager's configuration: %w", err)
	}
	return out, nil
}

// receive points one entry of a receiver to the mailbox.
func (m Mailbox) receive(kind, receiver string, settings map[string]any) error {
	delete(settings, "http_config")
	hook := m.URL + "/" + kind + "/" + receiver
	switch kind {
	case "email":
		for _, key := range []string{
			"smarthost", "from", "require_tls", "force_implicit_tls", "tls_config",
			"auth_username", "auth_password", "auth_password_file", "auth_secret", "auth_secret_file", "auth_identity",
		} {
			delete(settings, key)
		}
	case "sns":
		settings["api_url"] = m.URL + "/sns"
		settings["sigv4"] = map[string]any{"region": "local", "access_key": "none", "secret_key": "none"}
	case "slack":
		for _, key := range []string{"api_url_file", "app_token", "app_token_file", "app_url"} {
			delete(settings, key)
		}
		settings["api_url"] = hook
	case "msteamsv2":
		delete(settings, "webhook_url_file")
		settings["webhook_url"] = m.URL + "/teams/" + receiver
	case "webhook":
		delete(settings, "url_file")
		settings["url"] = hook
	default:
		return fmt.Errorf("%s_configs cannot be redirected to a mailbox", kind)
	}
	return nil
}

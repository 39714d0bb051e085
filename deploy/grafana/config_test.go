// Package grafana tests the configuration of Grafana beside it.
package grafana

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// settings reads a file of sections and keys.
func settings(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	values, section := make(map[string]string), ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		key, value, found := strings.Cut(line, "=")
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[':
			section = strings.Trim(line, "[]")
		case !found:
			t.Errorf("%s: %q is no setting", path, line)
		default:
			values[section+" "+strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return values
}

func TestDefaultsAreSafe(t *testing.T) {
	got := settings(t, "grafana.ini")
	for key, want := range map[string]string{
		"server http_addr":                       "127.0.0.1",
		"auth.anonymous enabled":                 "false",
		"users allow_sign_up":                    "false",
		"users allow_org_create":                 "false",
		"users auto_assign_org_role":             "Viewer",
		"security content_security_policy":       "true",
		"security cookie_secure":                 "true",
		"security admin_password":                "$__file{/etc/grafana/proctree/admin_password}",
		"security secret_key":                    "$__file{/etc/grafana/proctree/secret_key}",
		"snapshots enabled":                      "false",
		"public_dashboards enabled":              "false",
		"plugins preinstall_disabled":            "true",
		"plugins allow_loading_unsigned_plugins": "proctree-tree-panel,proctree-live-datasource",
		"analytics reporting_enabled":            "false",
	} {
		if got[key] != want {
			t.Errorf("%s: got %q, want %q", key, got[key], want)
		}
	}
}

// TestUnsignedPluginsAreOurs: only these two are loaded without a signature.
func TestUnsignedPluginsAreOurs(t *testing.T) {
	allowed := strings.Split(settings(t, "grafana.ini")["plugins allow_loading_unsigned_plugins"], ",")
	for _, folder := range []string{"tree-panel", "live-datasource"} {
		text, err := os.ReadFile(filepath.Join("../../dashboards", folder, "src/plugin.json"))
		if err != nil {
			t.Fatal(err)
		}
		var plugin struct{ ID string }
		if err := json.Unmarshal(text, &plugin); err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(allowed, plugin.ID) {
			t.Errorf("%s is not in %v", plugin.ID, allowed)
		}
	}
}

// TestRoleSamplesLetNobodyInUnasked: without a group there is neither a role nor access.
func TestRoleSamplesLetNobodyInUnasked(t *testing.T) {
	oauth := settings(t, "roles/oauth.ini")
	if oauth["auth.generic_oauth role_attribute_strict"] != "true" || oauth["auth.generic_oauth allowed_groups"] == "" {
		t.Errorf("oauth.ini gives a role to everyone who signs in: %v", oauth)
	}
	if !strings.HasPrefix(oauth["auth.generic_oauth client_secret"], "$__file{") {
		t.Errorf("oauth.ini holds a secret")
	}
	ldap, err := os.ReadFile("roles/ldap.toml")
	if err != nil {
		t.Fatal(err)
	}
	if regexp.MustCompile(`(?m)^\s*group_dn\s*=\s*"\*"`).Match(ldap) {
		t.Error("ldap.toml gives a role to everybody in the directory")
	}
	if !strings.Contains(string(ldap), "ssl_skip_verify = false") || !strings.Contains(string(ldap), "use_ssl = true") {
		t.Error("ldap.toml does not check the server's certificate")
	}
}

// TestDataSourcesHaveTheirUIDs: dashboards and links hold them.
func TestDataSourcesHaveTheirUIDs(t *testing.T) {
	text, err := os.ReadFile("provisioning/datasources/proctree.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Datasources []struct {
			UID, Type string
			Editable  bool
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for _, source := range file.Datasources {
		got[source.UID] = source.Type
		if source.Editable {
			t.Errorf("%s can be edited in the browser", source.UID)
		}
	}
	for uid, kind := range map[string]string{
		"proctree-prometheus": "prometheus", "proctree-live": "proctree-live-datasource", "proctree-alertmanager": "alertmanager",
	} {
		if got[uid] != kind {
			t.Errorf("%s: got %q, want %q", uid, got[uid], kind)
		}
	}
}

// TestVariablesAreExplained: what the files take from the environment is in the README.
func TestVariablesAreExplained(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("provisioning/*/*.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(files, "grafana.ini") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\$\{?([A-Z][A-Z_]+)`).FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(string(readme), "`"+m[1]+"`") {
				t.Errorf("%s: %s is not in the README", path, m[1])
			}
		}
	}
}

// TestSamplesOfTokens: the samples are data sources as Grafana provisions them, and do what
// they say.
func TestSamplesOfTokens(t *testing.T) {
	type source struct {
		UID, Type string
		JSONData  struct {
			Discovery    string
			CommandLines string   `yaml:"commandLines"`
			Targets      []string `yaml:"targets"`
			AllowedHosts []string `yaml:"allowedHosts"`
		} `yaml:"jsonData"`
		Secret map[string]string `yaml:"secureJsonData"`
	}
	for file, roles := range map[string][]string{"viewer.yml": {"never"}, "per-host.yml": {"Admin", "never"}} {
		text, err := os.ReadFile(filepath.Join("tokens", file))
		if err != nil {
			t.Fatal(err)
		}
		var got struct{ Datasources []source }
		if err := yaml.Unmarshal(text, &got); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var seen []string
		tokens := map[string]bool{}
		for _, s := range got.Datasources {
			seen = append(seen, s.JSONData.CommandLines)
			tokens[s.Secret["exporterToken"]] = true
			if s.Type != "proctree-live-datasource" || !strings.HasPrefix(s.Secret["exporterToken"], "$") {
				t.Errorf("%s: %s is of type %q with the token %q", file, s.UID, s.Type, s.Secret["exporterToken"])
			}
			if static := s.JSONData.Discovery == "static"; static != (len(s.JSONData.Targets) > 0 && len(s.JSONData.AllowedHosts) > 0) {
				t.Errorf("%s: %s finds its hosts by %q, with the targets %q", file, s.UID, s.JSONData.Discovery, s.JSONData.Targets)
			}
		}
		if !slices.Equal(seen, roles) || len(tokens) != len(roles) {
			t.Errorf("%s: command lines are for %v, with the tokens %v", file, seen, tokens)
		}
	}
}

package settings

import (
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

func read(jsonData string, secure map[string]string) (Settings, error) {
	return Read(backend.DataSourceInstanceSettings{JSONData: []byte(jsonData), DecryptedSecureJSONData: secure})
}

func TestDefaults(t *testing.T) {
	s, err := read(`{"prometheusUrl":"https://prometheus.example/prefix","pdcInjected":false}`, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Limits{
		Timeout: 5 * time.Second, Body: 32 << 20, Concurrency: 8, Cache: time.Second,
		Refresh: 30 * time.Second, StreamInterval: 2 * time.Second, Streams: 100,
	}
	if s.Discovery != FromPrometheus || s.Job != "proctree" || s.CommandLines != Editor || s.Limits != want ||
		s.ScrapeInterval != 15*time.Second || !s.AllowedHosts.Empty() {
		t.Errorf("%+v", s)
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	const good = `"prometheusUrl":"http://p:9090"`
	tests := []struct {
		json   string
		secure map[string]string
		want   string
	}{
		{`{`, nil, "jsonData: unexpected end"},
		{`{}`, nil, "prometheusUrl: missing"},
		{`{"discovery":"static"}`, nil, "targets: empty"},
		{`{"discovery":"static","targets":[" "]}`, nil, "targets: empty"},
		{`{"discovery":"http_sd"}`, nil, "httpSdUrl: missing"},
		{`{"discovery":"dns"}`, nil, `discovery: must be prometheus, static or http_sd, not "dns"`},
		{`{"prometheusUrl":"prometheus:9090"}`, nil, "prometheusUrl: must be an address"},
		{`{"prometheusUrl":"file:///etc/passwd"}`, nil, "prometheusUrl: must be an address"},
		{`{"prometheusUrl":"http://u:pw@p:9090"}`, nil, "prometheusUrl: a password belongs into the secure fields"},
		{`{"prometheusUrl":"http://p:9090/?x=1"}`, nil, "prometheusUrl: must be an address without"},
		{`{` + good + `,"commandLines":"Viewer"}`, nil, `commandLines: must be Editor, Admin or never, not "Viewer"`},
		{`{` + good + `,"scrapeInterval":"15"}`, nil, "scrapeInterval: must be a duration"},
		{`{` + good + `,"allowedHosts":["http://a"]}`, nil, `allowedHosts: must be a name, *.DOMAIN, an address or a network, not "http://a"`},
		{`{` + good + `,"timeoutSeconds":0}`, nil, "timeoutSeconds: must be a number from 1 to 60, not 0"},
		{`{` + good + `,"maxBodyMegabytes":100000}`, nil, "maxBodyMegabytes: must be a number from 1 to 256"},
		{`{` + good + `}`, map[string]string{"exporterCa": "x"}, "exporterCa: must be a certificate in PEM"},
		{`{` + good + `}`, map[string]string{"prometheusCert": "x", "prometheusKey": "s3cret"}, "prometheusCert, prometheusKey: must be a PEM"},
		{`{` + good + `}`, map[string]string{"exporterPassword": "s3cret"}, "exporterUser: missing"},
		{`{` + good + `,"exporterUser":"u"}`, map[string]string{"exporterToken": "s3cret"}, "exporterToken: given beside"},
	}
	for _, test := range tests {
		_, err := read(test.json, test.secure)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %s", test.json, err, test.want)
		}
		if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "pw")) {
			t.Errorf("%s: the error has the secret: %v", test.json, err)
		}
	}
}

// TestViewersNeverSeeCommandLines, whatever is configured.
func TestViewersNeverSeeCommandLines(t *testing.T) {
	tests := map[Role][]string{
		Editor: {"Editor", "Admin"},
		Admin:  {"Admin"},
		Nobody: nil,
		"":     nil,
	}
	for configured, want := range tests {
		var admitted []string
		for _, role := range []string{"", "None", "Viewer", "Editor", "Admin", "never", "admin"} {
			if configured.Admits(role) {
				admitted = append(admitted, role)
			}
		}
		if strings.Join(admitted, " ") != strings.Join(want, " ") {
			t.Errorf("%q admits %q, want %q", configured, admitted, want)
		}
	}
}

//go:build linux

package plugin

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"testing"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// TestHealth wants each fault told in a sentence, without an address of the inside.
func TestHealth(t *testing.T) {
	exporter := startExporter(t)
	prometheus := startPrometheus(t, staticConfig(strconv.Quote(exporter)))
	tokens, _ := tokenFile(t)
	guarded := startExporter(t, "--api.token-file="+tokens)
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	list := func(targets ...string) object { return object{"discovery": "static", "targets": targets} }
	tests := map[string]struct {
		config object
		ok     bool
		want   string
	}{
		"all is well": {object{"prometheusUrl": prometheus}, true, `^1 exporter is known, and 127\.0\.0\.1:\d+ \(\d+ processes\) answers\.$`},
		"a list":      {list("web1="+exporter, "web2="+exporter), true, `^2 exporters are known; web1 \(\d+ processes\) answers\. Without Prometheus, the past is only what exporters recorded\.$`},
		"no Prometheus": {
			object{"prometheusUrl": "http://127.0.0.1:1"}, false, `^Prometheus refuses the connection; perhaps it does not run\.$`,
		},
		"something else for Prometheus": {object{"prometheusUrl": other.URL}, false, `^Prometheus answers 404 Not Found\.$`},
		"a name nobody has":             {object{"prometheusUrl": "http://no.such.host.invalid"}, false, `^Prometheus has a name that cannot be resolved\.$`},
		"no targets": {
			object{"prometheusUrl": prometheus, "job": "proc"}, false, `^There is no exporter: Prometheus has no target of the job "proc"\.$`,
		},
		"no service discovery": {
			object{"discovery": "http_sd", "httpSdUrl": other.URL}, false, `^The service discovery answers 404 Not Found\.$`,
		},
		"an exporter with tokens":  {list("web1=" + guarded), false, `^web1: The exporter refuses the credentials \(401 Unauthorized\)\.$`},
		"an exporter that is down": {list("web1=127.0.0.1:1"), false, `^web1: The exporter refuses the connection; perhaps it does not run\.$`},
		"a certificate of nobody":  {list("web1=https://" + exporter), false, `^web1: The exporter cannot be reached; Grafana's log says why\.$`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			d := open(t, test.config, nil)
			if name == "all is well" {
				eventually(t, "target", func() bool {
					instances, err := d.targets.Instances(t.Context())
					return err == nil && len(instances) == 1
				})
			}
			result, err := d.CheckHealth(t.Context(), &backend.CheckHealthRequest{})
			if err != nil {
				t.Fatal(err)
			}
			if ok := result.Status == backend.HealthStatusOk; ok != test.ok || !regexp.MustCompile(test.want).MatchString(result.Message) {
				t.Errorf("%v %q, want %s", result.Status, result.Message, test.want)
			}
		})
	}
}

func TestBadSettingsAreToldToWhoLooks(t *testing.T) {
	_, err := New(t.Context(), backend.DataSourceInstanceSettings{Name: "live", JSONData: []byte(`{"discovery":"static"}`)})
	const want = `the data source "live" is not well configured: targets: empty, and the exporters are to be those listed`
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

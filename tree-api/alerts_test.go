package treeapi

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"proctree/tree-api/alerts"
	"proctree/tree-api/treetest"
)

// withAlerts lets a Prometheus answer with a body.
func withAlerts(tb testing.TB, body string) func(*Config) {
	tb.Helper()
	prometheus := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
	tb.Cleanup(prometheus.Close)
	source, err := alerts.New(alerts.Config{URL: prometheus.URL, Host: "office"})
	if err != nil {
		tb.Fatal(err)
	}
	return func(cfg *Config) { cfg.Alerts = source }
}

func TestAlerts(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	answer := withAlerts(t, `{"status":"success","data":{"resultType":"vector","result":[
		{"metric":{"__name__":"ALERTS_FOR_STATE","alertname":"Leak","severity":"critical","instance":"office:10056","group":"shop"},"value":[1790000000,"1789990000"]},
		{"metric":{"__name__":"ALERTS","alertname":"Bare","alertstate":"firing"},"value":[1790000000,"1"]}]}}`)
	for role, api := range map[string]*API{"operator": apiOf(t, answer), "viewer": apiOf(t, answer, asViewer(t))} {
		got := Data(t, ask(t, api, "/api/v1/alerts"), schemas, "AlertsAnswer")
		list := got["alerts"].([]any)
		first, second := list[0].(map[string]any), list[1].(map[string]any)
		if got["total"] != 2.0 || first["name"] != "Leak" || first["severity"] != "critical" || first["since"] != 1789990000.0 ||
			first["labels"].(map[string]any)["group"] != "shop" || second["name"] != "Bare" || second["since"] != nil {
			t.Errorf("a %s gets %v", role, got)
		}
		if body := string(ask(t, api, "/api/v1/host").Body); !strings.Contains(body, `"alerts":"api/v1/alerts"`) {
			t.Errorf("the page of a %s is not told of the alerts: %s", role, body)
		}
	}
	public := apiOf(t, answer, asPublic(t))
	checkFailure(t, schemas, ask(t, public, "/api/v1/alerts"), http.StatusForbidden, "forbidden", "a token is needed")
	none := apiOf(t)
	checkFailure(t, schemas, ask(t, none, "/api/v1/alerts"), http.StatusNotFound, "not_found", "--web.prometheus-url")
	for who, api := range map[string]*API{"an account of the host": public, "a page without Prometheus": none} {
		if body := string(ask(t, api, "/api/v1/host").Body); strings.Contains(body, "api/v1/alerts") {
			t.Errorf("%s is told of alerts: %s", who, body)
		}
	}
	checkFailure(t, schemas, ask(t, apiOf(t, answer), "/api/v1/alerts?x=1"), http.StatusBadRequest, "bad_data", `"x"`)
	checkFailure(t, schemas, ask(t, apiOf(t, withAlerts(t, "no")), "/api/v1/alerts"), http.StatusServiceUnavailable, "unavailable", "no vector")
}

//go:build linux

package plugin

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hostile is a server that a browser wants asked, and says whether it was.
func hostile(t *testing.T) (address string, asked *atomic.Int32) {
	t.Helper()
	asked = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), asked
}

// TestTheBrowserNamesNoAddress: an instance that looks like one is a name like any other,
// which no target has.
func TestTheBrowserNamesNoAddress(t *testing.T) {
	victim, asked := hostile(t)
	exporter := startExporter(t)
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + exporter}}, nil)
	for _, instance := range []string{
		victim, "http://" + victim, "http://" + victim + "/", "//" + victim, "web1@" + victim, "web1#@" + victim,
		"http://169.254.169.254", "http://169.254.169.254/latest/meta-data/", "169.254.169.254", "[::ffff:a9fe:a9fe]",
		"../", "../../api/v1/host", "web1/../../metrics", "web1/", "web1?x=", "web1 ", " web1", "WEB1", "web1\x00", "web1\r\nHost: x",
		"file:///etc/passwd", "gopher://" + victim, "localhost", "127.0.0.1", "0", exporter, "http://" + exporter,
	} {
		for _, kind := range []string{"tree", "host", "top", "count"} {
			failure := failureOf(t, d, object{"queryType": kind, "instance": instance})
			if !strings.HasPrefix(failure, "This instance is none of the exporters") {
				t.Errorf("%s of %q: %s", kind, instance, failure)
			}
		}
	}
	// Members of a query that are not in the contract do nothing.
	frameOf(t, d, "Admin", object{"instance": "web1", "url": "http://" + victim, "target": victim, "path": "/x"})
	if asked.Load() > 0 {
		t.Errorf("the address was asked %d times", asked.Load())
	}
}

// TestLabelsThatLie has the real Prometheus pass on what a service discovery may say.
func TestLabelsThatLie(t *testing.T) {
	exporter := startExporter(t)
	victim, _ := hostile(t) // Prometheus asks it.
	prometheus := startPrometheus(t, fmt.Sprintf(`  static_configs:
  - targets: [%[1]q]
    labels: {instance: "http://%[2]s/latest"}
  - targets: [%[1]q]
    labels: {instance: "twice"}
  - targets: [%[2]q]
    labels: {instance: "twice"}
  - targets: ["169.254.169.254:80"]
    labels: {instance: "cloud"}
  - targets: [%[1]q]
    labels: {instance: "elsewhere", __metrics_path__: "/metrics/../../x", __param_y: "z"}
`, exporter, victim))
	d := open(t, object{"prometheusUrl": prometheus}, nil)
	eventually(t, "targets", func() bool {
		instances, err := d.targets.Instances(t.Context())
		return err == nil && len(instances) == 4
	})
	if frame := frameOf(t, d, "Admin", object{"instance": "http://" + victim + "/latest"}); frame.Rows() == 0 {
		t.Error("a strange name hides the exporter that has it")
	}
	if frame := frameOf(t, d, "Admin", object{"instance": "elsewhere"}); frame.Rows() == 0 {
		t.Error("a strange path of the metrics hides the exporter")
	}
	for instance, want := range map[string]string{
		"twice": "Several exporters have this instance",
		"cloud": "The exporter is at an address that may not be asked.",
	} {
		if failure := failureOf(t, d, object{"instance": instance}); !strings.HasPrefix(failure, want) {
			t.Errorf("%s: %s", instance, failure)
		}
	}
}

// TestAllowedHosts narrows down what a service discovery may name.
func TestAllowedHosts(t *testing.T) {
	targets := []string{"web1=" + startExporter(t)}
	for allowed, want := range map[string]string{"127.0.0.0/8": "", "10.0.0.0/8": "may not be asked", "*.example.com": "may not be asked"} {
		d := open(t, object{"discovery": "static", "targets": targets, "allowedHosts": []string{allowed}}, nil)
		response := ask(t, d, "Admin", object{"instance": "web1"}, time.Now())
		if failed := response.Error != nil; failed != (want != "") || failed && !strings.Contains(response.Error.Error(), want) {
			t.Errorf("%s: %v, want %q", allowed, response.Error, want)
		}
	}
}

// TestServersThatAreNoExporter answer what they like; nothing of it gets to the browser.
func TestServersThatAreNoExporter(t *testing.T) {
	const (
		secret  = "s3cret-of-another-service"
		tooSlow = "does not answer in time"
	)
	tests := map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"other text": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, secret) }, "does not answer as one does"},
		"other JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprintf(w, `{"key":%q}`, secret) }, "does not answer as one does"},
		"half an answer": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = fmt.Fprintf(w, `{"status":"success","data":{"host":%q,"processes":[{"id":`, secret)
		}, "does not answer as one does"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/"+secret, http.StatusFound)
		}, "a redirect, which is not followed"},
		"no access":     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, http.StatusUnauthorized) }, "refuses the credentials"},
		"not for us":    {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, http.StatusForbidden) }, "refuses the credentials"},
		"a fault":       {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, http.StatusInternalServerError) }, "answers 500"},
		"a broken line": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "cannot be reached"},
		"no end": {func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, `{"status":"success","data":{"processes":[`)
			for r.Context().Err() == nil {
				_, _ = fmt.Fprint(w, strings.Repeat(`{"id":"1-1","pid":1,"x":"`+secret+`"},`, 1000))
			}
		}, "answers more than"},
		"no end in sight": {func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, tooSlow},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.handler)
			defer server.Close()
			// On a busy machine, a server may take seconds to send the first megabyte: only the one that never ends its
			// answer is to be given up.
			timeout := 60
			if test.want == tooSlow {
				timeout = 1
			}
			d := open(t, object{
				"discovery": "static", "targets": []string{"web1=" + server.URL}, "timeoutSeconds": timeout, "maxBodyMegabytes": 1,
			}, nil)
			failure := failureOf(t, d, object{"instance": "web1"})
			if !strings.HasPrefix(failure, "The exporter ") || !strings.Contains(failure, test.want) || strings.Contains(failure, secret) ||
				strings.Contains(failure, "127.0.0.1") {
				t.Errorf("the browser reads %q, want %q", failure, test.want)
			}
		})
	}
}

// TestCommandLinesByRole looks at all that a viewer can ask for.
func TestCommandLinesByRole(t *testing.T) {
	child := sleeper(t, "live-secret")
	address := startExporter(t)
	tests := map[string]map[string]bool{
		"":       {"": false, "None": false, "Viewer": false, "Editor": true, "Admin": true},
		"Editor": {"": false, "Viewer": false, "Editor": true, "Admin": true},
		"Admin":  {"": false, "Viewer": false, "Editor": false, "Admin": true},
		"never":  {"": false, "Viewer": false, "Editor": false, "Admin": false},
	}
	for configured, roles := range tests {
		d := open(t, object{"discovery": "static", "targets": []string{"web1=" + address}, "commandLines": configured}, nil)
		for role, allowed := range roles {
			frame := frameOf(t, d, role, object{"instance": "web1"})
			cmdline, _ := frame.FieldByName("cmdline")
			exe, _ := frame.FieldByName("exe")
			if got := cmdline != nil && exe != nil; got != allowed || (cmdline == nil) != (exe == nil) {
				t.Errorf("commandLines %q: the role %q sees them: %v, want %v", configured, role, got, allowed)
			}
			if text := frameText(t, frame); strings.Contains(text, "86399") != allowed || strings.Contains(text, child.Path) != allowed {
				t.Errorf("commandLines %q: the frame of the role %q has the command line: want %v", configured, role, allowed)
			}
			// Nor can a search tell what is on it.
			matched := about(t, frameOf(t, d, role, object{"instance": "web1", "match": child.Path})).Matched
			if (matched > 0) != allowed {
				t.Errorf("commandLines %q: the role %q finds %d by path, want %v", configured, role, matched, allowed)
			}
			count := column(t, frameOf(t, d, role, object{"queryType": "count", "instance": "web1", "match": child.Path}), "processes")[0]
			if (count != 0.0) != allowed {
				t.Errorf("commandLines %q: the role %q counts %v by path, want %v", configured, role, count, allowed)
			}
		}
	}
}

// TestTokensOfARealExporter: the exporter's own roles hold too.
func TestTokensOfARealExporter(t *testing.T) {
	file, secrets := tokenFile(t)
	address := startExporter(t, "--api.token-file="+file)
	config := object{"discovery": "static", "targets": []string{"web1=" + address}}
	for token, want := range map[string]string{secrets["operator"]: "operator", secrets["viewer"]: "viewer"} {
		d := open(t, config, map[string]string{"exporterToken": token})
		if role := about(t, frameOf(t, d, "Admin", object{"instance": "web1"})).Role; role != want {
			t.Errorf("with the token of a %s the role is %q", want, role)
		}
	}
	for name, secure := range map[string]map[string]string{"wrong": {"exporterToken": "wrong"}, "no": nil} {
		failure := failureOf(t, open(t, config, secure), object{"instance": "web1"})
		if failure != "The exporter refuses the credentials (401 Unauthorized)." {
			t.Errorf("with %s token: %s", name, failure)
		}
	}
}

// TestTwoHundredViewersAreOneFetch, of whichever role.
func TestTwoHundredViewersAreOneFetch(t *testing.T) {
	exporter := startExporter(t)
	var fetched atomic.Int32
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fetched.Add(1)
		time.Sleep(200 * time.Millisecond) // All come while it is under way.
		body := fetch(t, "http://"+exporter+r.URL.Path)
		_, _ = w.Write(body)
	}))
	defer front.Close()
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + front.URL}, "cacheSeconds": 10}, nil)
	var viewers sync.WaitGroup
	for i := range 200 {
		viewers.Go(func() {
			role := []string{"Viewer", "Editor", "Admin"}[i%3]
			response := askIn(t.Context(), t, d, role, object{"instance": "web1", "match": strconv.Itoa(i % 7)}, time.Now())
			if response.Error != nil {
				t.Error(response.Error)
			}
		})
	}
	viewers.Wait()
	if fetched.Load() != 1 {
		t.Errorf("the exporter was asked %d times", fetched.Load())
	}
}

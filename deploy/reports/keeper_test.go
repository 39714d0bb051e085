package main

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const (
	webhookToken  = "webhook-token-of-the-test"
	exporterToken = "exporter-token-of-the-test"
)

var began = time.Date(2026, 3, 2, 14, 3, 20, 0, time.UTC)

// critical is a critical alert of an instance.
func critical(instance string, after time.Duration) alert {
	return alert{Status: "firing", StartsAt: began.Add(after), Fingerprint: "f1", Labels: map[string]string{"severity": "critical", "alertname": "HostCPU", "instance": instance}}
}

// start makes a keeper of its flags.
func start(t *testing.T, more ...string) *keeper {
	t.Helper()
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	args := []string{
		"--dir=" + filepath.Join(dir, "reports"), "--token-file=" + file("token", webhookToken), "--exporter-token-file=" + file("exporter", exporterToken), "--instances=127[.].*",
	}
	_, k, err := configure(append(args, more...), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// exporter answers with a report, and notes what it is asked for.
func exporter(t *testing.T, answer http.HandlerFunc) (instance string, asked *[]string) {
	t.Helper()
	asked = &[]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = append(*asked, r.URL.RequestURI()+" "+r.Header.Get("Authorization"))
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), asked
}

func report(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>report") }

// post sends alerts as Alertmanager does.
func post(t *testing.T, k *keeper, token string, alerts ...alert) int {
	t.Helper()
	body, err := json.Marshal(message{Alerts: alerts})
	if err != nil {
		t.Fatal(err)
	}
	return send(t, k, http.MethodPost, "/alerts", token, body)
}

func send(t *testing.T, k *keeper, method, path, token string, body []byte) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, bytes.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	k.ServeHTTP(w, r)
	return w.Code
}

func files(t *testing.T, k *keeper) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestKeepsTheTimeBeforeACriticalAlert(t *testing.T) {
	instance, asked := exporter(t, report)
	k := start(t)
	resolved, warning := critical(instance, time.Second), critical(instance, 2*time.Second)
	resolved.Status, warning.Labels["severity"] = "resolved", "warning"
	for range 2 { // Alertmanager repeats what goes on.
		if code := post(t, k, webhookToken, critical(instance, 0), resolved, warning); code != http.StatusOK {
			t.Fatalf("status %d", code)
		}
	}
	if want := "/api/v1/report?format=html&from=1772459600&to=1772460200 Bearer " + exporterToken; len(*asked) != 1 || (*asked)[0] != want {
		t.Errorf("asked %q, want %q", *asked, want)
	}
	names := files(t, k)
	if len(names) != 1 || names[0] != "20260302T140320Z_"+strings.ReplaceAll(instance, ":", "-")+"_HostCPU_f1.html" {
		t.Fatalf("files %q", names)
	}
	path := filepath.Join(k.dir, names[0])
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	if err != nil || statErr != nil || string(text) != "<html>report" || info.Mode().Perm() != 0o600 {
		t.Errorf("%q, %v, %v, %v", text, info.Mode(), err, statErr)
	}
}

func TestRefuses(t *testing.T) {
	instance, asked := exporter(t, report)
	k := start(t)
	for name, test := range map[string]struct {
		method, path, token string
		body                []byte
		want                int
	}{
		"no token":       {http.MethodPost, "/alerts", "", []byte("{}"), http.StatusUnauthorized},
		"a wrong token":  {http.MethodPost, "/alerts", webhookToken + "x", []byte("{}"), http.StatusUnauthorized},
		"another path":   {http.MethodPost, "/", webhookToken, []byte("{}"), http.StatusNotFound},
		"another method": {http.MethodGet, "/alerts", webhookToken, nil, http.StatusMethodNotAllowed},
		"no JSON":        {http.MethodPost, "/alerts", webhookToken, []byte("alert"), http.StatusBadRequest},
		"too much":       {http.MethodPost, "/alerts", webhookToken, []byte(`{"alerts":"` + strings.Repeat("x", maxMessage) + `"}`), http.StatusBadRequest},
	} {
		if code := send(t, k, test.method, test.path, test.token, test.body); code != test.want {
			t.Errorf("%s: %d, want %d", name, code, test.want)
		}
	}
	// The token of the exporters goes to no other host, whatever an alert says.
	for _, other := range []string{"example.org:80", instance + "/x", "user@" + instance, instance + "?x=", "../" + instance} {
		if code := post(t, k, webhookToken, critical(other, 0)); code != http.StatusOK {
			t.Errorf("%s: %d", other, code)
		}
	}
	if len(*asked) != 0 || len(files(t, k)) != 0 {
		t.Errorf("asked %q, files %q", *asked, files(t, k))
	}
}

func TestAlertmanagerIsToldToTryAgain(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"refused":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"elsewhere": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) },
		"too large": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxReport+1)) },
		"broken off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("x"))
		},
	} {
		instance, asked := exporter(t, answer)
		k := start(t)
		if code := post(t, k, webhookToken, critical(instance, 0)); code != http.StatusBadGateway || len(*asked) != 1 || len(files(t, k)) != 0 {
			t.Errorf("%s: %d, asked %d times, files %q", name, code, len(*asked), files(t, k))
		}
	}
}

func TestTheDiskIsBounded(t *testing.T) {
	instance, _ := exporter(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, maxReport/2)) })
	k := start(t, "--max-files=3", "--max-bytes=16777216")
	other := filepath.Join(k.dir, "notes.txt")
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		if code := post(t, k, webhookToken, critical(instance, time.Duration(i)*time.Second)); code != http.StatusOK {
			t.Fatalf("status %d", code)
		}
	}
	if names := files(t, k); len(names) != 3 || !strings.HasPrefix(names[0], "20260302T140322Z") || names[2] != "notes.txt" {
		t.Errorf("files %q", names)
	}
	many := make([]alert, 2*maxAlerts)
	for i := range many {
		many[i] = critical(instance, time.Duration(100+i)*time.Second)
	}
	if code := post(t, k, webhookToken, many...); code != http.StatusOK {
		t.Errorf("status %d", code)
	}
}

func TestFlagsThatAreRefused(t *testing.T) {
	good := filepath.Join(t.TempDir(), "token")
	short := filepath.Join(t.TempDir(), "short")
	for path, text := range map[string]string{good: webhookToken, short: "short"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	base := []string{"--dir=" + t.TempDir(), "--token-file=" + good, "--instances=.*"}
	for want, args := range map[string][]string{
		"are required":         {"--dir=x"},
		"unexpected argument":  append(base, "x"),
		"must be from 1m":      append(base, "--before=2h"),
		"at least":             append(base, "--max-files=0"),
		"must begin with http": append(base, "--exporter-url=file:///{instance}"),
		"--instances":          {"--dir=" + t.TempDir(), "--token-file=" + good, "--instances=("},
		"16 characters":        {"--dir=" + t.TempDir(), "--token-file=" + short, "--instances=.*"},
	} {
		if _, _, err := configure(args, slog.New(slog.NewTextHandler(io.Discard, nil))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", args, err, want)
		}
	}
}

// FuzzFileName: whatever the labels are, the name is one file of the directory.
func FuzzFileName(f *testing.F) {
	f.Add("web-1:10056", "HostCPU", "../../etc", "f1")
	f.Add("..", "/", "", "\x00")
	f.Fuzz(func(t *testing.T, instance, name, group, fingerprint string) {
		got := fileName(&alert{StartsAt: began, Fingerprint: fingerprint, Labels: map[string]string{"instance": instance, "alertname": name, "group": group}})
		if got != filepath.Base(got) || !strings.HasPrefix(got, "20260302T140320Z") || len(got) > 255 || strings.ContainsRune(got, 0) {
			t.Fatalf("%q", got)
		}
	})
}

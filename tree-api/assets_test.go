package treeapi

import (
	"net/http"
	"strings"
	"testing"
)

func TestPagesEscapeAndStayStrict(t *testing.T) {
	const script = "<script>alert(1)</script>"
	api := apiOf(t, func(cfg *Config) { cfg.Version = script })
	response := ask(t, api, "/", header("Origin", "https://evil.example/"+script))
	if body := string(response.Body); strings.Contains(body, "<script") {
		t.Errorf("a script gets into the page: %s", body)
	}
	for _, path := range []string{"/", "/login"} {
		body := string(ask(t, apiOf(t), path, from("192.0.2.7:1")).Body)
		for _, inline := range []string{"<script", "<style", "style=", "onclick="} {
			if strings.Contains(body, inline) {
				t.Errorf("%s has %s, which the policy forbids", path, inline)
			}
		}
	}
}

func TestAssets(t *testing.T) {
	api := apiOf(t)
	for path, kind := range map[string]string{
		"/icon.svg": "image/svg+xml", "/pages.css": "text/css; charset=utf-8", "/icon-192.png": "image/png",
		"/manifest.webmanifest": "application/manifest+json", "/service-worker.js": "text/javascript; charset=utf-8",
	} {
		response := ask(t, api, path, from("192.0.2.7:1"))
		if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != kind || response.Header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", path, response.StatusCode, response.Header)
		}
		again := ask(t, api, path, header("If-None-Match", response.Header.Get("ETag")))
		if again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.StatusCode)
		}
	}
	for _, path := range []string{"/nothing.js", "/app.js", "/assets/_/app.js", "/assets/0123456789abcdef/app.js", "/sources.sha256", "/web.go", "/test/unit/naive.js", "/login.html", "/model/"} {
		if response := ask(t, api, path); response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, response.StatusCode)
		}
	}
}

// TestFilesOfThePageAreKept holds that a browser asks for the files of the page once only, and gets
// them compressed.
func TestFilesOfThePageAreKept(t *testing.T) {
	api := apiOf(t)
	index := string(ask(t, api, "/").Body)
	for name, kind := range map[string]string{
		"app.js": "text/javascript; charset=utf-8", "start.js": "text/javascript; charset=utf-8",
		"stream-worker.js": "text/javascript; charset=utf-8", "style.css": "text/css; charset=utf-8",
	} {
		before, _, ok := strings.Cut(index, name+`"`)
		if !ok {
			t.Fatalf("the page does not name %s", name)
		}
		path := "/" + before[strings.LastIndex(before, `"`)+1:] + name
		response := ask(t, api, path, from("192.0.2.7:1"), header("Accept-Encoding", "gzip"))
		h := response.Header
		if response.StatusCode != http.StatusOK || h.Get("Content-Type") != kind || !strings.Contains(h.Get("Cache-Control"), "immutable") || h.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %d %v", path, response.StatusCode, h)
		}
	}
}

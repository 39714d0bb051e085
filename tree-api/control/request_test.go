package control

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestReadOrder(t *testing.T) {
	for _, test := range []struct {
		body, want string
		signals    bool
	}{
		{`{"signal":"TERM"}`, "", true},
		{`{"signal":"TERM","descendants":true,"ids":["2-1"]}`, "", true},
		{`{"signal":"TERM","descendants":true,"ids":[]}`, "", true},
		{`{"signal":"TERM","descendants":false}`, "", true},
		{`{"nice":0}`, "", false},
		{`{"nice":-20}`, "", false},
		{``, "the body is not", true},
		{`[]`, "the body is not", true},
		{`null`, "must be a JSON object", true},
		{`"TERM"`, "must be a JSON object", true},
		{`{"SIGNAL":"TERM"}`, `unknown member "SIGNAL"; the members are signal, nice, descendants, ids`, true},
		{`{"signal":"TERM","Signal":"KILL"}`, `unknown member "Signal"`, true},
		{`{"signal":"TERM","signal":"KILL"}`, `"signal" appears twice`, true},
		{`{"signal":"TERM","descendants":false,"descendants":true,"ids":[]}`, `"descendants" appears twice`, true},
		{`{"\u0073ignal":"TERM"}`, "", true},
		{`{"signal":"TERM","\u0073ignal":"KILL"}`, `"signal" appears twice`, true},
		{`{"signal":["TERM","KILL"]}`, "the body is not", true},
		{`{"signal":{"signal":"TERM"}}`, "the body is not", true},
		{`{"signal":"TERM"`, "the body is not", true},
		{"\xef\xbb\xbf" + `{"signal":"TERM"}`, "the body is not", true},
		{`{"signal":"TERM"}` + "\x00", "after the JSON object", true},
		{strings.Repeat(`{"ids":`, 20_000), "the body is", true},
		{`{}`, `needs "signal"`, true},
		{`{"signal":9}`, "the body is not", true},
		{`{"signal":"TERM"} {}`, "after the JSON object", true},
		{`{"signal":"TERM","force":true}`, "the body is not", true},
		{`{"signal":"TERM","nice":1}`, `no "nice"`, true},
		{`{"signal":"TERM","descendants":true}`, `needs "ids"`, true},
		{`{"signal":"TERM","ids":["2-1"]}`, `needs "descendants"`, true},
		{`{"signal":"TERM","descendants":true,"ids":["2"]}`, "ids[0]", true},
		{`{"signal":"TERM","descendants":true,"ids":[` + strings.Repeat(`"2-1",`, maxSeen) + `"2-1"]}`, "at most 1000", true},
		{`{"nice":20}`, "-20 to 19", false},
		{`{"nice":-21}`, "-20 to 19", false},
		{`{"nice":1.5}`, "the body is not", false},
		{`{"nice":1e1}`, "the body is not", false},
		{`{"nice":4294967296}`, "-20 to 19", false},
		{`{"nice":9223372036854775808}`, "the body is not", false},
		{`{"nice":null}`, `needs "nice"`, false},
		{`{"nice":true}`, "the body is not", false},
		{`{"nice":"1"}`, "the body is not", false},
		{`{"signal":"TERM"}`, `needs "nice"`, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body))
		r.SetPathValue("id", "7-1")
		r.Header.Set("Content-Type", "application/json; charset=utf-8")
		_, err := readOrder(httptest.NewRecorder(), r, test.signals)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%.80s: error %v, want %q", test.body, err, test.want)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", "text/plain; application/json"} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"signal":"TERM"}`))
		r.SetPathValue("id", "7-1")
		r.Header.Set("Content-Type", kind)
		if _, err := readOrder(httptest.NewRecorder(), r, true); err == nil || !strings.Contains(err.Error(), "content type") {
			t.Errorf("%q: error %v", kind, err)
		}
	}
}

// TestReadOrderOfEncodings: only a body that is sent as it is.
func TestReadOrderOfEncodings(t *testing.T) {
	for coding, refused := range map[string]bool{"": false, "identity": false, "gzip": true, "identity, gzip": true, "x": true} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"signal":"TERM"}`))
		r.SetPathValue("id", "7-1")
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Content-Encoding", coding)
		if _, err := readOrder(httptest.NewRecorder(), r, true); (err != nil) != refused {
			t.Errorf("%q: error %v", coding, err)
		}
	}
}

// TestBodyThatNeverComes: a request that was let in does not hold its connection longer than the
// limit, and is answered.
func TestBodyThatNeverComes(t *testing.T) {
	reached := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := New(Config{Timeout: 50 * time.Millisecond})
		control.limitBody(w)
		r.SetPathValue("id", "7-1")
		_, err := readOrder(w, r, true)
		reached <- err
	}))
	defer server.Close()
	body, never := io.Pipe()
	defer func() { _ = never.Close() }()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	go func() {
		if response, err := http.DefaultClient.Do(r); err == nil {
			_ = response.Body.Close()
		}
	}()
	if err := <-reached; err == nil || !strings.Contains(err.Error(), "could not be read") {
		t.Errorf("error %v", err)
	}
}

// FuzzBody: no body makes the reader fail, and what it accepts is within the bounds.
func FuzzBody(f *testing.F) {
	f.Add(`{"signal":"TERM","descendants":true,"ids":["2-1"]}`, true)
	f.Add(`{"nice":3}`, false)
	f.Fuzz(func(t *testing.T, text string, signals bool) {
		b, err := decode(strings.NewReader(text))
		if err != nil || b.check(signals) != nil {
			return
		}
		if (b.Signal == nil) == signals || len(b.IDs) > maxSeen || len(b.IDs) > 0 && !b.Descendants {
			t.Errorf("accepted %q as %+v", text, b)
		}
	})
}

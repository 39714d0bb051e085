package stream

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"proctree/tree-api/rest"
)

func TestHandshake(t *testing.T) {
	const key = "AAAAAAAAAAAAAAAAAAAAAA=="
	for _, test := range []struct {
		name                            string
		upgrade, connection, version, k string
		status                          int
		want                            string
	}{
		{"right", "websocket", "Upgrade", "13", key, 0, ""},
		{"in lists and any case", "h2c, WebSocket", "keep-alive, upgrade", "13", key, 0, ""},
		{"no upgrade", "", "", "", "", 426, "ask for an upgrade"},
		{"another upgrade", "h2c", "Upgrade", "13", key, 426, "ask for an upgrade"},
		{"no connection", "websocket", "keep-alive", "13", key, 426, "ask for an upgrade"},
		{"an old version", "websocket", "Upgrade", "8", key, 426, `has to be 13, not "8"`},
		{"no version", "websocket", "Upgrade", "", key, 426, `has to be 13, not ""`},
		{"no key", "websocket", "Upgrade", "13", "", 400, "Sec-WebSocket-Key"},
		{"a short key", "websocket", "Upgrade", "13", "AAAA", 400, "Sec-WebSocket-Key"},
		{"two keys", "websocket", "Upgrade", "13", key + "|" + key, 400, "Sec-WebSocket-Key"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/api/v1/stream", http.NoBody)
		for name, value := range map[string]string{
			"Upgrade": test.upgrade, "Connection": test.connection, "Sec-WebSocket-Version": test.version, "Sec-WebSocket-Key": test.k,
		} {
			for part := range strings.SplitSeq(value, "|") {
				if part != "" {
					r.Header.Add(name, part)
				}
			}
		}
		err := checkHandshake(r)
		refusal, _ := errors.AsType[*rest.CallError](err)
		switch {
		case test.status == 0 && err != nil, test.status != 0 && (refusal == nil || refusal.Status != test.status || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %d %s", test.name, err, test.status, test.want)
		case test.status == 426 && (refusal.Headers["Sec-WebSocket-Version"] != "13" || refusal.Headers["Upgrade"] != "websocket"):
			t.Errorf("%s: 426 with %v", test.name, refusal.Headers)
		}
	}
	head := httptest.NewRequest(http.MethodHead, "/api/v1/stream", http.NoBody)
	if refusal, _ := errors.AsType[*rest.CallError](checkHandshake(head)); refusal == nil || refusal.Status != http.StatusMethodNotAllowed {
		t.Errorf("HEAD: %v", refusal)
	}
}

package treeapi

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

func TestStreamRefusals(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	door := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Limits.MaxStreams = 2 }))
	for _, test := range []struct {
		query  string
		header []string
		status int
		kind   string
		want   string
	}{
		{"?interval=0", nil, 400, "bad_data", `"interval"`},
		{"?interval=61", nil, 400, "bad_data", `"interval"`},
		{"?interval=1.5", nil, 400, "bad_data", `"interval"`},
		{"?interval=1&interval=2", nil, 400, "bad_data", `"interval"`},
		{"?layout=rows", nil, 400, "bad_data", `"layout": must be nodes or columns`},
		{"?layout=", nil, 400, "bad_data", `"layout"`},
		{"?layout=nodes&layout=nodes", nil, 400, "bad_data", `"layout": given 2 times`},
		{"?state=tired", nil, 400, "bad_data", `"state"`},
		{"?q=port:443", nil, 400, "bad_data", `"q": port: and file: are not for the stream`},
		{"?what=x", nil, 400, "bad_data", `"what": unknown; there are q, match, `},
		{"?q=port:443", nil, 400, "bad_data", `"q": port: and file: are not for the stream`},
		{"?what=x", nil, 400, "bad_data", "depth, interval, layout"},
		{"?regexp=(", nil, 400, "bad_data", `"regexp"`},
		{"?root=999", nil, 404, "not_found", "root 999"},
		{"", []string{"Origin", "https://evil.example"}, 403, "forbidden", "origin"},
		{"", []string{"Origin", "null"}, 403, "forbidden", "origin"},
		{"", []string{"Host", "evil.example"}, 403, "forbidden", "Host"},
		{"", []string{"Host", "evil.example", "Origin", "http://evil.example"}, 403, "forbidden", "Host"},
		{"", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "websocket"}, 403, "forbidden", "another site"},
		{"", []string{"X-Forwarded-For", "192.0.2.7"}, 403, "forbidden", "proxy"},
	} {
		_, got := door.dial(t, test.query, test.header...)
		checkFailure(t, schemas, got, test.status, test.kind, test.want)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, door.address+"/api/v1/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	got := send(t, door.client, r)
	checkFailure(t, schemas, got, http.StatusUpgradeRequired, "bad_data", "WebSocket")
	if got.Header.Get("Upgrade") != "websocket" {
		t.Errorf("426 with %v", got.Header)
	}
}

// TestStreamWantsToken holds that where there are tokens, nobody follows without one.
func TestStreamWantsToken(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	change, viewer, operator := withTokens(t, access.Config{})
	door := onSocket(t, apiOf(t, change))
	for _, test := range []struct {
		header []string
		status int
		kind   string
		want   string
	}{
		{nil, 401, "unauthorized", "a token is needed"},
		{[]string{"Authorization", "Bearer " + viewer + "x"}, 401, "unauthorized", "not known"},
		{[]string{"Authorization", "Basic " + viewer}, 401, "unauthorized", "a token is needed"},
		{[]string{"Cookie", "proctree_session=" + operator}, 401, "unauthorized", "a token is needed"},
		{[]string{"Authorization", "Bearer " + operator, "Origin", "https://evil.example"}, 403, "forbidden", "origin"},
	} {
		_, got := door.dial(t, "", test.header...)
		checkFailure(t, schemas, got, test.status, test.kind, test.want)
	}
	// What a token in the address would show in logs and histories does not work at all.
	_, got := door.dial(t, "?token="+operator)
	checkFailure(t, schemas, got, http.StatusUnauthorized, "unauthorized", "a token is needed")
}

// TestStreamOfViewer holds that nothing of an operator's comes over, at first or later.
func TestStreamOfViewer(t *testing.T) {
	change, viewer, operator := withTokens(t, access.Config{})
	synctest.Test(t, func(t *testing.T) {
		source := treetest.NewLiving(t, func(scan int) []process.Process {
			cmdline := []string{"/SECRET/app", strings.Repeat("SECRET", scan)}
			return []process.Process{
				hosttest.Process(1, 0, "app", hosttest.CPU(time.Duration(scan)*time.Second, 0),
					hosttest.Facts(process.Facts{Exe: "/SECRET", Cmdline: cmdline, User: "u"})),
			}
		})
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source = source }, change))
		if _, got := door.dial(t, ""); got.StatusCode != http.StatusUnauthorized {
			t.Errorf("without a token: %d", got.StatusCode)
		}
		for secret, sees := range map[string]bool{viewer: false, operator: true} {
			for _, layout := range []string{"nodes", "columns"} {
				conn, _ := door.dial(t, "?interval=1&layout="+layout, "Authorization", "Bearer "+secret)
				for range 3 {
					_, data, err := conn.Read(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					if got := strings.Contains(string(data), "SECRET"); got != sees {
						t.Errorf("sees secrets: %v, want %v: %s", got, sees, data)
					}
				}
				_ = conn.CloseNow()
			}
		}
	})
}

// TestStreamEndsWithItsToken at once, however long its interval is.
func TestStreamEndsWithItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		secret, entry, err := access.NewToken("a", access.Viewer)
		if err != nil {
			t.Fatal(err)
		}
		tokens, err := access.ParseTokens([]byte("tokens:\n" + entry))
		if err != nil {
			t.Fatal(err)
		}
		var policy atomic.Pointer[access.Policy]
		policy.Store(&access.Policy{Tokens: tokens})
		control, err := access.New(access.Config{Policy: func() access.Policy { return *policy.Load() }})
		if err != nil {
			t.Fatal(err)
		}
		source := treetest.NewLiving(t, treetest.One)
		api := apiOf(t, func(cfg *Config) { cfg.Source, cfg.Access = source, control })
		conn, _ := onPipes(t, api).dial(t, "?interval=60", "Authorization", "Bearer "+secret)
		read(t, conn)
		if tokens, err = access.ParseTokens([]byte("tokens: []")); err != nil {
			t.Fatal(err)
		}
		policy.Store(&access.Policy{Tokens: tokens})
		began := time.Now()
		report, err := source.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		api.Refresh(report)
		checkFarewell(t, conn, websocket.StatusPolicyViolation, "access was withdrawn; sign in again")
		if took := time.Since(began); took > time.Second {
			t.Errorf("the stream ends after %v", took)
		}
	})
}

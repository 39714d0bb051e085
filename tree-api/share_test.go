package treeapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"proctree/tree-api/access"
	"proctree/tree-api/rest"
	"proctree/tree-api/share"
	"proctree/tree-api/treetest"
)

// byUser makes viewers of all whom a server in front has let in.
func byUser(tb testing.TB) *access.Control {
	tb.Helper()
	control, err := access.New(access.Config{Policy: func() access.Policy { return access.Policy{FrontRole: access.Viewer, FrontPasswords: true} }})
	if err != nil {
		tb.Fatal(err)
	}
	return control
}

func user(name string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(name, "secret") }
}

// TestOneCallerLeavesPlacesToOthers: of requests.
func TestOneCallerLeavesPlacesToOthers(t *testing.T) {
	source := &asked{}
	api := apiOf(t, func(cfg *Config) {
		cfg.Source, cfg.Access = source, byUser(t)
		cfg.Limits = Limits{MaxRequests: 4, RequestTimeout: time.Minute}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	defer waiting.Wait()
	defer cancel()
	slow := func(name string) {
		waiting.Go(func() {
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/v1/host", http.NoBody)
			answerTo(api, r, user(name))
		})
	}
	for range 3 {
		slow("greedy")
	}
	treetest.WaitFor(t, "three requests", func() bool { return source.asked.Load() == 3 })
	got := ask(t, api, "/api/v1/host", user("greedy"))
	checkFailure(t, treetest.NewSchemas(t), got, http.StatusServiceUnavailable, "unavailable", "your share")
	slow("modest")
	treetest.WaitFor(t, "the other caller's request", func() bool { return source.asked.Load() == 4 })
}

// TestOneCallerLeavesStreamsToOthers: of streams.
func TestOneCallerLeavesStreamsToOthers(t *testing.T) {
	door := onSocket(t, apiOf(t, func(cfg *Config) {
		cfg.Access = byUser(t)
		cfg.Limits.MaxStreams = 4
	}))
	dial := func(name string) reply {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.SetBasicAuth(name, "secret")
		_, got := door.dial(t, "", "Authorization", r.Header.Get("Authorization"))
		return got
	}
	for i, want := range []int{101, 101, 101, 503} {
		if got := dial("greedy"); got.StatusCode != want {
			t.Errorf("stream %d: %d, want %d", i, got.StatusCode, want)
		}
	}
	if got := dial("modest"); got.StatusCode != http.StatusSwitchingProtocols {
		t.Errorf("the other caller: %d", got.StatusCode)
	}
}

// TestExpensiveExpressions are refused before they cost anything.
func TestExpensiveExpressions(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	api := apiOf(t, bigHost(t))
	for expression, ok := range map[string]bool{
		`(.?){1000}zz`: false, `(.?){200}zz`: false, `((a{30}){30})`: false, `(x{10}){90}`: false, `[a-z]{500}`: false, `(a?b?c?){300}`: false,
		`^postgres: .*(writer|checkpointer)$`: true, `[0-9a-f]{64}`: true, `(?i)java.*-jar\s+\S+`: true, strings.Repeat("ü", 256): true,
		strings.Repeat("ü", 257): false,
	} {
		for _, path := range []string{"/api/v1/tree", "/api/v1/processes"} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost"+path, http.NoBody)
			r.RemoteAddr = "127.0.0.1:1"
			query := r.URL.Query()
			query.Set("regexp", expression)
			r.URL.RawQuery = query.Encode()
			got := answerTo(api, r)
			if ok && got.StatusCode != http.StatusOK {
				t.Errorf("%.40s: %d %s", expression, got.StatusCode, got.Body)
			}
			if !ok {
				checkFailure(t, schemas, got, http.StatusBadRequest, "bad_data", `parameter "regexp": `)
			}
		}
	}
}

// TestWorkOfExpressionsIsShared: who has used up what there is waits, and nobody else does.
func TestWorkOfExpressionsIsShared(t *testing.T) {
	work := share.NewWork()
	greedy, modest := rest.Charge(work, "greedy"), rest.Charge(work, "modest")
	if err := greedy(share.WorkAtOnce); err != nil {
		t.Fatal(err)
	}
	refusal := rest.FailureOf(greedy(share.WorkAtOnce))
	if refusal.Status != http.StatusTooManyRequests || refusal.Headers["Retry-After"] == "" {
		t.Errorf("who has used up all gets %+v", refusal)
	}
	if err := modest(share.WorkAtOnce); err != nil {
		t.Errorf("somebody else gets %v", err)
	}
}

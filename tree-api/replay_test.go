package treeapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"proctree/collector/group"
	"proctree/collector/group/rules"
	"proctree/collector/host/hosttest"
	"proctree/tree-api/past"
	"proctree/tree-api/past/pasttest"
	"proctree/tree-api/treetest"
)

// shownAt are the processes of a moment of the recording by id, as a request for that moment lists them.
func shownAt(tb testing.TB, api *API, seconds float64) treetest.Screen {
	tb.Helper()
	var answer struct {
		Data struct{ Processes []map[string]any }
	}
	got := ask(tb, api, fmt.Sprintf("/api/v1/processes?time=%.3f", seconds))
	if err := json.Unmarshal(got.Body, &answer); err != nil {
		tb.Fatal(err)
	}
	screen := treetest.Screen{}
	for _, p := range answer.Data.Processes {
		delete(p, "subtree") // Streams have none.
		screen[p["id"].(string)] = p
	}
	return screen
}

// TestReplay holds every message of a replay against the table of its second.
func TestReplay(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	in := newIncident(t)
	for _, speed := range []int{1, 4, 60} {
		synctest.Test(t, func(t *testing.T) {
			api := apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })
			conn, _ := onPipes(t, api).dial(t, fmt.Sprintf("?from=%.3f&speed=%d&interval=1", in.At(5), speed))
			begun, screen := time.Now(), treetest.Screen{}
			for n := 0; 5+n*speed <= pasttest.Seconds; n++ {
				_, data, err := conn.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				schemas.Check(t, [...]string{"StreamFull", "StreamDiff"}[min(n, 1)], data)
				m := treetest.Decode(t, data)
				if m.Time != in.At(float64(5+n*speed)) || m.Seq != uint64(n+1) || time.Since(begun).Round(time.Second) != time.Duration(n)*time.Second {
					t.Fatalf("at speed %d message %d after %v is of %v", speed, m.Seq, time.Since(begun), m.Time)
				}
				screen.Apply(t, m)
				if speed > 1 {
					continue // Rates are over several seconds.
				}
				if diff := cmp.Diff(shownAt(t, api, m.Time), screen); diff != "" {
					t.Fatalf("after message %d the screen differs from the table (-table +screen):\n%s", m.Seq, diff)
				}
			}
			checkFarewell(t, conn, websocket.StatusNormalClosure, `the recording ends here; connect without "from" for the present`)
		})
	}
}

// TestReplaySkipsGaps holds that nobody waits for tables that were not recorded.
func TestReplaySkipsGaps(t *testing.T) {
	recording := pasttest.New(t)
	tracker := group.NewTracker(group.Config{Shown: treetest.Masked})
	var taken []time.Time
	for _, second := range []int{0, 1, 600, 601} {
		report := tracker.Observe(hosttest.Snapshot(time.Hour+time.Duration(second)*time.Second, hosttest.Process(1, 0, "init")))
		recording.Add(t, report)
		taken = append(taken, report.Snapshot.Taken)
	}
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Past = recording.Past(t) })
		conn, _ := onPipes(t, api).dial(t, fmt.Sprintf("?from=%d&interval=1", taken[0].Unix()))
		begun := time.Now()
		for _, want := range taken {
			if m := read(t, conn); m.Time != float64(want.UnixMilli())/1e3 {
				t.Errorf("a message of %v, want %v", m.Time, want)
			}
		}
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("4 tables took %v", took)
		}
	})
}

// TestReplayEnds with the exporter, and with the configuration under which it began.
func TestReplayEnds(t *testing.T) {
	in := newIncident(t)
	for code, end := range map[websocket.StatusCode]func(api *API, policy *atomic.Pointer[past.Policy]){
		websocket.StatusGoingAway: func(api *API, _ *atomic.Pointer[past.Policy]) { go func() { _ = api.Close(context.Background()) }() },
		websocket.StatusServiceRestart: func(api *API, policy *atomic.Pointer[past.Policy]) {
			policy.Store(&past.Policy{Shown: &rules.Shown{}})
			api.Refresh(treetest.Office(t))
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			policy := &atomic.Pointer[past.Policy]{}
			policy.Store(&past.Policy{Shown: &treetest.Masked})
			reader := past.New(past.Config{Dir: in.Dir, Policy: policy.Load})
			t.Cleanup(reader.Close)
			api := apiOf(t, func(cfg *Config) { cfg.Past = reader })
			conn, _ := onPipes(t, api).dial(t, fmt.Sprintf("?from=%.3f&interval=60", in.At(0)))
			read(t, conn)
			begun := time.Now()
			end(api, policy)
			_, _, err := conn.Read(t.Context())
			if websocket.CloseStatus(err) != code || time.Since(begun) > time.Second {
				t.Errorf("after %v the replay ends with %v, want %d", time.Since(begun), err, code)
			}
		})
	}
}

func TestReplayRefusals(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	in := newIncident(t)
	recorded, none := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Past = in.Past(t) })), onSocket(t, apiOf(t))
	from := fmt.Sprintf("?from=%.3f", in.At(5))
	for _, test := range []struct {
		door       door
		query      string
		status     int
		kind, want string
	}{
		{recorded, from + "&speed=0", 400, "bad_data", `parameter "speed": must be a whole number from 1 to 60, not "0"`},
		{recorded, from + "&speed=61", 400, "bad_data", `parameter "speed": must be a whole number from 1 to 60`},
		{recorded, from + "&speed=1.5", 400, "bad_data", `parameter "speed"`},
		{recorded, "?speed=2", 400, "bad_data", `parameter "speed": speed is for the past only: set "from" too`},
		{recorded, "?from=yesterday", 400, "bad_data", `parameter "from": must be a time such as`},
		{recorded, from + "&from=5", 400, "bad_data", `parameter "from": given 2 times`},
		{recorded, "?from=5", 404, "not_found", "nothing was recorded at 1970-01-01T00:00:05Z; the first table is of "},
		{none, from, 404, "not_found", "this exporter records nothing: start it with --history.dir"},
	} {
		_, got := test.door.dial(t, test.query)
		checkFailure(t, schemas, got, test.status, test.kind, test.want)
	}
}

// TestReplayKeepsToRoles holds that a viewer sees no command line of the past.
func TestReplayKeepsToRoles(t *testing.T) {
	in := newIncident(t)
	for _, role := range []func(*Config){asViewer(t), asPublic(t)} {
		synctest.Test(t, func(t *testing.T) {
			api := apiOf(t, role, func(cfg *Config) { cfg.Past = in.Past(t) })
			conn, _ := onPipes(t, api).dial(t, fmt.Sprintf("?from=%.3f&speed=5&interval=1", in.At(0)))
			for range 5 {
				_, data, err := conn.Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if text := string(data); strings.Contains(text, pasttest.Secret) || strings.Contains(text, `"cmdline":[`) {
					t.Errorf("a viewer sees %s", text)
				}
			}
			_, refused := onPipes(t, api).dial(t, fmt.Sprintf("?from=%.3f&in=cmdline&match=x", in.At(0)))
			if refused.StatusCode != http.StatusForbidden {
				t.Errorf("a viewer who searches command lines gets %d", refused.StatusCode)
			}
		})
	}
}

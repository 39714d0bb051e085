package treeapi

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"proctree/collector/events"
	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

// TestStreamOnSocket goes the whole way once: connect, follow, leave, connect again.
func TestStreamOnSocket(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	door := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Source = treetest.NewLiving(t, treetest.One) }))
	for _, test := range []struct {
		query   string
		schemas []string
	}{
		{"?interval=1", []string{"StreamFull", "StreamDiff"}},
		{"?interval=1", []string{"StreamFull"}},
		{"?interval=1&layout=columns", []string{"StreamFull", "StreamDiff"}},
	} {
		conn, _ := door.dial(t, test.query)
		seq := uint64(0)
		for _, schema := range test.schemas {
			_, data, err := conn.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			schemas.Check(t, schema, data)
			m := treetest.Decode(t, data)
			if seq > 0 && m.Seq != seq+1 {
				t.Errorf("after message %d comes %s", seq, data)
			}
			seq = m.Seq
		}
		if err := conn.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
	}
}

func TestStreamsAreBounded(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	synctest.Test(t, func(t *testing.T) {
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source, cfg.Limits.MaxStreams = treetest.NewLiving(t, treetest.One), 2 }))
		first, _ := door.dial(t, "")
		second, _ := door.dial(t, "?interval=5")
		_, third := door.dial(t, "")
		checkFailure(t, schemas, third, http.StatusServiceUnavailable, "unavailable", "all 2 streams")
		read(t, first)
		read(t, second)
		if err := first.Close(websocket.StatusNormalClosure, ""); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if conn, got := door.dial(t, ""); conn == nil {
			t.Errorf("a place that was left is not free: %d", got.StatusCode)
		}
	})
}

func TestStreamEndsWithTheExporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := apiOf(t, func(cfg *Config) { cfg.Source = treetest.NewLiving(t, treetest.One) })
		conn, _ := onPipes(t, api).dial(t, "")
		read(t, conn)
		closed := make(chan error)
		go func() { closed <- api.Close(t.Context()) }()
		checkFarewell(t, conn, websocket.StatusGoingAway, "the exporter stops")
		if err := <-closed; err != nil {
			t.Error(err)
		}
	})
}

func TestStreamRefusesTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, _ := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source = treetest.NewLiving(t, treetest.One) })).dial(t, "")
		read(t, conn)
		if err := conn.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		checkFarewell(t, conn, websocket.StatusPolicyViolation, "unexpected data message")
	})
}

// TestSlowReader stops reading for a while, and holds that it is told why it is cut and
// that another reader is not kept waiting.
func TestSlowReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source = treetest.NewLiving(t, treetest.One) }))
		slow, _ := door.dial(t, "?interval=1")
		good, _ := door.dial(t, "?interval=1")
		read(t, slow)
		// So many updates may wait.
		const queued = 4
		started := time.Now()
		for range queued + 4 {
			read(t, good)
		}
		if took := time.Since(started); took > (queued+4)*time.Second {
			t.Errorf("the slow reader kept the other waiting: %s", took)
		}
		checkFarewell(t, slow, websocket.StatusTryAgainLater, "too slow: 4 updates were waiting; connect again for the whole table")
	})
}

// TestDeadConnection holds that a reader that answers no ping is dropped.
func TestDeadConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door := onPipes(t, apiOf(t, func(cfg *Config) { cfg.Source, cfg.Limits.MaxStreams = treetest.NewLiving(t, treetest.One), 1 }))
		conn, _ := door.dial(t, "?interval=60")
		read(t, conn)
		// The ping comes after 20 s, and the answer may take 20 s more.
		time.Sleep(19 * time.Second)
		if again, _ := door.dial(t, "?interval=60"); again != nil {
			t.Error("dropped before the first ping")
		}
		// Nobody reads now, so nobody answers.
		time.Sleep(22 * time.Second)
		if again, _ := door.dial(t, "?interval=60"); again == nil {
			t.Error("a dead connection keeps its place")
		}
	})
}

// TestStreamWithEvents: who asks for events gets them after an update, by the filters of the stream.
func TestStreamWithEvents(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	log := events.New(events.Config{Policy: testPolicy(t, "")})
	tracker := group.NewTracker(group.Config{})
	init := hosttest.Process(1, 0, "init")
	log.Observe(tracker.Observe(hosttest.Snapshot(time.Hour, init)))
	door := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Source, cfg.Events = treetest.NewLiving(t, treetest.One), log }))
	conn, _ := door.dial(t, "?interval=1&events=on&group=tool")
	plain, _ := door.dial(t, "?interval=1&group=tool")
	read(t, conn)
	read(t, plain)
	started := hosttest.Started(time.Hour + time.Second)
	table := []process.Process{init, hosttest.Process(2, 1, "other", started)}
	for pid := range 1500 {
		table = append(table, hosttest.Process(10+pid, 1, "tool", started, hosttest.Cmdline("tool", "--password=hunter2")))
	}
	log.Observe(tracker.Observe(hosttest.Snapshot(time.Hour+2*time.Second, table...)))
	for range 10 {
		_, data, err := conn.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if treetest.Decode(t, data).Type != "events" {
			continue
		}
		schemas.Check(t, "StreamEvents", data)
		text := string(data)
		if strings.Count(text, `"name":"tool"`) != 1000 || !strings.Contains(text, `"count":500`) || strings.Contains(text, "other") || strings.Contains(text, "hunter2") {
			t.Errorf("%.2000s", text)
		}
		for range 3 {
			if m := read(t, plain); m.Type == "events" {
				t.Error("somebody who did not ask for events gets them")
			}
		}
		return
	}
	t.Error("there is no message of events")
}

func TestStreamRefusesEvents(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	with := onSocket(t, apiOf(t, func(cfg *Config) { cfg.Events = events.New(events.Config{Policy: testPolicy(t, "")}) }))
	for query, want := range map[string]string{
		"?events=yes": "must be on or off", "?events=on&events=on": "given 2 times", "?events=on&from=1": "a replay has no events",
	} {
		_, got := with.dial(t, query)
		checkFailure(t, schemas, got, http.StatusBadRequest, "bad_data", want)
	}
	_, got := onSocket(t, apiOf(t)).dial(t, "?events=on")
	checkFailure(t, schemas, got, http.StatusBadRequest, "bad_data", "keeps no events")
}

//go:build linux

package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// message is any of a stream.
type message struct {
	Type    string
	Seq     uint64
	Message string
	Frame   struct {
		Schema struct {
			Meta   struct{ Custom map[string]any }
			Fields []struct{ Name string }
		}
		Data struct{ Values [][]any }
	}
	About          map[string]any
	Removed        []string
	Added, Changed []map[string]any
}

// listener receives what a stream sends.
type listener chan message

func (l listener) Send(packet *backend.StreamPacket) error {
	var m message
	if err := json.Unmarshal(packet.Data, &m); err != nil {
		return err
	}
	l <- m
	return nil
}

// await returns the first message that a test looks for.
func (l listener) await(t *testing.T, what string, wanted func(message) bool) message {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case m := <-l:
			if wanted(m) {
				return m
			}
		case <-deadline:
			t.Fatalf("no %s", what)
		}
	}
}

// run starts a stream that ends with the test.
func run(t *testing.T, d *Datasource, path string, query object) listener {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	heard, ended := make(listener, 100), make(chan struct{})
	go func() {
		defer close(ended)
		request := &backend.RunStreamRequest{Path: path, Data: query.raw(t)}
		if err := d.RunStream(ctx, request, backend.NewStreamSender(heard)); err != nil && ctx.Err() == nil {
			t.Errorf("the stream ends: %v", err)
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return heard
}

func subscribe(t *testing.T, d *Datasource, role, path string, query object) *backend.SubscribeStreamResponse {
	t.Helper()
	response, err := d.SubscribeStream(t.Context(), &backend.SubscribeStreamRequest{
		PluginContext: as(role), Path: path, Data: query.raw(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestStreamTellsWhatChanges(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + startExporter(t)}}, nil)
	query := object{"queryType": "tree", "instance": "web1", "stream": true, "match": "live-stream"}
	path := about(t, frameOf(t, d, "Admin", query)).Channel
	if !strings.HasPrefix(path, "tree/Editor/") {
		t.Fatalf("the channel is %q", path)
	}
	if response := subscribe(t, d, "Admin", path, query); response.Status != backend.SubscribeStreamStatusOK || response.InitialData != nil {
		t.Fatalf("before the stream runs: %+v", response)
	}
	heard := run(t, d, path, query)
	first := heard.await(t, "first message", func(message) bool { return true })
	if first.Type != "full" || first.Seq != 1 || len(first.Frame.Data.Values) != len(first.Frame.Schema.Fields) {
		t.Fatalf("first message: %+v", first)
	}

	child := sleeper(t, "live-stream")
	named := func(rows []map[string]any) string {
		for _, r := range rows {
			if r["name"] == "live-stream" {
				return r["id"].(string)
			}
		}
		return ""
	}
	came := heard.await(t, "arrival", func(m message) bool { return named(m.Added) != "" })
	if came.Type != "diff" || came.About["mode"] != "live" || came.About["matched"] != 1.0 {
		t.Errorf("arrival: %+v", came)
	}
	// Who comes later is told at once what the others know.
	late := subscribe(t, d, "Admin", path, query)
	var initial message
	if err := json.Unmarshal(late.InitialData.Data(), &initial); err != nil {
		t.Fatal(err)
	}
	if initial.Type != "full" || initial.Seq < came.Seq || !slices.Contains(initial.Frame.Data.Values[0], any(named(came.Added))) {
		t.Errorf("initial data: %+v", initial)
	}

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait()
	went := heard.await(t, "departure", func(m message) bool { return slices.Contains(m.Removed, named(came.Added)) })
	if went.Seq <= came.Seq || went.About["matched"] != 0.0 {
		t.Errorf("departure: %+v", went)
	}
}

// TestStreamTellsOfAnotherColumn: an exporter reads PSS only with a flag. After a restart with it
// there is a column more, which no difference can bring.
func TestStreamTellsOfAnotherColumn(t *testing.T) {
	var reads atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		memory := `{"resident_bytes":8192}`
		if reads.Load() {
			memory = `{"resident_bytes":8192,"proportional_bytes":4096}`
		}
		_, _ = fmt.Fprintf(w, `{"status":"success","data":{"host":"web1","time":1700000000,"role":"operator","total":1,`+
			`"processes":[{"id":"7-20","pid":7,"start_time":20,"name":"a","memory":%s}]}}`, memory)
	}))
	t.Cleanup(server.Close)
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + strings.TrimPrefix(server.URL, "http://")}}, nil)
	query := object{"queryType": "tree", "instance": "web1", "stream": true}
	heard := run(t, d, about(t, frameOf(t, d, "Admin", query)).Channel, query)
	hasPSS := func(m message) bool {
		return slices.ContainsFunc(m.Frame.Schema.Fields, func(f struct{ Name string }) bool { return f.Name == "pss" })
	}
	if first := heard.await(t, "first message", func(message) bool { return true }); first.Type != "full" || hasPSS(first) {
		t.Fatalf("first message: %+v", first)
	}
	heard.await(t, "difference", func(m message) bool { return m.Type == "diff" })
	reads.Store(true)
	heard.await(t, "frame with PSS", func(m message) bool { return m.Type == "full" && hasPSS(m) })
	heard.await(t, "difference", func(m message) bool { return m.Type == "diff" })
}

// TestChannelsAreSeparate tries every way of hearing what is for others.
func TestChannelsAreSeparate(t *testing.T) {
	address := startExporter(t)
	config := object{"discovery": "static", "targets": []string{"web1=" + address}}
	d := open(t, config, nil)
	query := object{"instance": "web1", "stream": true}
	other := object{"instance": "web1", "stream": true, "match": "x"}
	full := about(t, frameOf(t, d, "Admin", query)).Channel
	plain := about(t, frameOf(t, d, "Viewer", query)).Channel
	if full == plain || full != about(t, frameOf(t, d, "Editor", query)).Channel {
		t.Errorf("channels: %q for those who see command lines, %q for viewers", full, plain)
	}
	const (
		ok     = backend.SubscribeStreamStatusOK
		denied = backend.SubscribeStreamStatusPermissionDenied
		none   = backend.SubscribeStreamStatusNotFound
	)
	tests := []struct {
		role, path string
		query      object
		want       backend.SubscribeStreamStatus
	}{
		{"Admin", full, query, ok},
		{"Editor", full, query, ok},
		{"Viewer", plain, query, ok},
		{"Viewer", full, query, denied},
		{"", full, query, denied},
		{"None", full, query, denied},
		{"Admin", plain, query, denied},
		{"Viewer", strings.Replace(full, "Editor", "Admin", 1), query, denied},
		{"Admin", strings.Replace(full, "Editor", "never", 1), query, denied},
		{"Viewer", plain, other, none},
		{"Viewer", plain + "0", query, none},
		{"Viewer", "tree/Viewer", query, none},
		{"Viewer", "", query, none},
		{"Viewer", plain, object{"instance": "web1", "queryType": "nonsense"}, none},
	}
	for _, test := range tests {
		if got := subscribe(t, d, test.role, test.path, test.query).Status; got != test.want {
			t.Errorf("%q subscribes to %q: %v, want %v", test.role, test.path, got, test.want)
		}
	}
	heard := run(t, d, plain, query)
	first := heard.await(t, "first message", func(message) bool { return true })
	for _, field := range first.Frame.Schema.Fields {
		if field.Name == "cmdline" || field.Name == "exe" {
			t.Errorf("the viewers' channel has the field %s", field.Name)
		}
	}

	// A stricter rule closes the channel of the older one.
	config["commandLines"] = "Admin"
	stricter := open(t, config, nil)
	if got := subscribe(t, stricter, "Editor", full, query).Status; got != denied {
		t.Errorf("under a stricter rule an Editor subscribes: %v", got)
	}
	late := make(listener, 1)
	err := stricter.RunStream(t.Context(), &backend.RunStreamRequest{Path: full, Data: query.raw(t)}, backend.NewStreamSender(late))
	if err != nil || len(late) > 0 {
		t.Errorf("under a stricter rule the old stream runs: %v, %d messages", err, len(late))
	}
}

func TestNobodyPublishes(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=127.0.0.1:1"}}, nil)
	response, err := d.PublishStream(t.Context(), &backend.PublishStreamRequest{PluginContext: as("Admin"), Path: "tree/Viewer/x"})
	if err != nil || response.Status != backend.PublishStreamStatusPermissionDenied {
		t.Errorf("%+v, %v", response, err)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + startExporter(t)}, "maxStreams": 1}, nil)
	first := object{"instance": "web1"}
	run(t, d, viewers.channelOf(t, first), first).await(t, "first message", func(message) bool { return true })
	second := object{"instance": "web1", "match": "x"}
	if got := subscribe(t, d, "Viewer", viewers.channelOf(t, second), second).Status; got != backend.SubscribeStreamStatusNotFound {
		t.Errorf("a second stream: %v", got)
	}
	if got := subscribe(t, d, "Viewer", viewers.channelOf(t, first), first).Status; got != backend.SubscribeStreamStatusOK {
		t.Errorf("another listener to the first: %v", got)
	}
}

// TestStreamSaysWhatIsWrong: an exporter that is down ends no stream.
func TestStreamSaysWhatIsWrong(t *testing.T) {
	d := open(t, object{"discovery": "static", "targets": []string{"web1=127.0.0.1:1"}}, nil)
	query := object{"instance": "web1"}
	heard := run(t, d, viewers.channelOf(t, query), query)
	m := heard.await(t, "error", func(m message) bool { return m.Type == "error" })
	if m.Message != "The exporter refuses the connection; perhaps it does not run." {
		t.Errorf("%+v", m)
	}
}

// channelOf is the channel of a query as a browser writes it.
func (a audience) channelOf(t *testing.T, query object) string {
	t.Helper()
	q, err := readQuery(backend.DataQuery{JSON: query.raw(t)})
	if err != nil {
		t.Fatal(err)
	}
	return a.channel(q)
}

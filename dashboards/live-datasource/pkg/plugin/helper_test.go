package plugin

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// object is JSON as a test writes it.
type object map[string]any

func (o object) raw(t *testing.T) json.RawMessage {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// open makes a data source of its configuration, as Grafana does.
func open(t *testing.T, jsonData object, secure map[string]string) *Datasource {
	t.Helper()
	instance, err := New(t.Context(), backend.DataSourceInstanceSettings{
		Name: "live", UID: "proctree-live", JSONData: jsonData.raw(t), DecryptedSecureJSONData: secure,
	})
	if err != nil {
		t.Fatal(err)
	}
	d, ok := instance.(*Datasource)
	if !ok {
		t.Fatalf("New makes a %T", instance)
	}
	t.Cleanup(d.Dispose)
	return d
}

// as is the context of a request by a user of a role; of nobody if it is empty.
func as(role string) backend.PluginContext {
	if role == "" {
		return backend.PluginContext{}
	}
	return backend.PluginContext{User: &backend.User{Login: "someone", Role: role}}
}

// ask makes one query over a range that ends at a moment.
func ask(t *testing.T, d *Datasource, role string, query object, to time.Time) backend.DataResponse {
	t.Helper()
	return askIn(t.Context(), t, d, role, query, to)
}

func askIn(ctx context.Context, t *testing.T, d *Datasource, role string, query object, to time.Time) backend.DataResponse {
	t.Helper()
	// Grafana ends the context of a request when it has the answer.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	response, err := d.QueryData(ctx, &backend.QueryDataRequest{
		PluginContext: as(role),
		Queries: []backend.DataQuery{{
			RefID: "A", JSON: query.raw(t),
			TimeRange: backend.TimeRange{From: to.Add(-time.Hour), To: to},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return response.Responses["A"]
}

// resource asks for something beside the queries, as a viewer: status and body.
func resource(t *testing.T, d *Datasource, method, address string) (int, []byte) {
	t.Helper()
	path, _, _ := strings.Cut(address, "?")
	var got *backend.CallResourceResponse
	err := d.CallResource(t.Context(), &backend.CallResourceRequest{Method: method, Path: path, URL: address, PluginContext: as("Viewer")},
		backend.CallResourceResponseSenderFunc(func(r *backend.CallResourceResponse) error {
			got = r
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	return got.Status, got.Body
}

// frameOf makes a query of the present that must succeed.
func frameOf(t *testing.T, d *Datasource, role string, query object) *data.Frame {
	t.Helper()
	return frameAt(t, d, role, query, time.Now())
}

func frameAt(t *testing.T, d *Datasource, role string, query object, to time.Time) *data.Frame {
	t.Helper()
	response := ask(t, d, role, query, to)
	if response.Error != nil || len(response.Frames) != 1 {
		t.Fatalf("%v: error %v, %d frames", query, response.Error, len(response.Frames))
	}
	return response.Frames[0]
}

// failureOf makes a query of the present that must fail.
func failureOf(t *testing.T, d *Datasource, query object) string {
	t.Helper()
	response := ask(t, d, "Admin", query, time.Now())
	if response.Error == nil {
		t.Fatalf("%v: no error", query)
	}
	return response.Error.Error()
}

// column returns the values of a field, nil for what is unknown.
func column(t *testing.T, frame *data.Frame, name string) []any {
	t.Helper()
	field, _ := frame.FieldByName(name)
	if field == nil {
		t.Fatalf("frame %q has no field %q", frame.Name, name)
	}
	values := make([]any, field.Len())
	for i := range values {
		if value, ok := field.ConcreteAt(i); ok {
			values[i] = value
		}
	}
	return values
}

// about returns what a frame says of itself.
func about(t *testing.T, frame *data.Frame) processes.About {
	t.Helper()
	custom, ok := frame.Meta.Custom.(processes.About)
	if !ok {
		t.Fatalf("meta.custom is a %T", frame.Meta.Custom)
	}
	return custom
}

// frameText is all that a frame says.
func frameText(t *testing.T, frame *data.Frame) string {
	t.Helper()
	text, err := data.FrameToJSON(frame, data.IncludeAll)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

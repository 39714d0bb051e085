package plugin

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// resources answers the queries of variables: GET instances, groups?instance=X and
// users?instance=X, each a JSON array of texts; and GET moments?instance=X&time=T.
func (d *Datasource) resources() backend.CallResourceHandler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /instances", func(w http.ResponseWriter, r *http.Request) {
		instances, err := d.targets.Instances(r.Context())
		reply(w, slices.Concat([]string{}, instances), err)
	})
	mux.HandleFunc("GET /groups", d.distinct(processes.Group))
	mux.HandleFunc("GET /users", d.distinct(processes.User))
	mux.HandleFunc("GET /moments", d.moments)
	return httpadapter.New(mux)
}

// distinct answers with the values of a column on one host.
func (d *Datasource) distinct(column processes.Text) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		table, err := d.live(r.Context(), r.URL.Query().Get("instance"))
		if err != nil {
			reply(w, nil, err)
			return
		}
		values := make(map[string]struct{})
		for _, value := range table.Texts[column] {
			if value != "" {
				values[value] = struct{}{}
			}
		}
		reply(w, slices.Concat([]string{}, slices.Sorted(maps.Keys(values))), nil)
	}
}

// moments answers which moments have the tables before and after the one of a time, in milliseconds since 1970.
// There is nothing in it that a role may not see.
func (d *Datasource) moments(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	table, err := strconv.ParseInt(query.Get("time"), 10, 64)
	if err != nil || table <= 0 || table > maxMoment {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	var found exporter.Neighbours
	target, err := d.targets.Resolve(r.Context(), query.Get("instance"))
	if err == nil {
		found, err = d.exporters.Neighbours(r.Context(), target, time.UnixMilli(table))
	}
	var answer struct {
		Previous int64 `json:"previous,omitempty"`
		Next     int64 `json:"next,omitempty"`
	}
	if !found.Previous.IsZero() {
		answer.Previous = found.Previous.UnixMilli()
	}
	if !found.Next.IsZero() {
		answer.Next = found.Next.UnixMilli()
	}
	reply(w, answer, err)
}

// reply sends an answer as JSON, or what is wrong.
func reply(w http.ResponseWriter, answer any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		logOf(err)("resource failed", "error", err)
		w.WriteHeader(int(status(err)))
		answer = map[string]string{"message": explain(err)}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		backend.Logger.Debug("resource not sent", "error", err)
	}
}

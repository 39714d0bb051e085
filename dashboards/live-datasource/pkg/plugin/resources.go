package plugin

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/backend/resource/httpadapter"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// resources answers the queries of variables: GET instances, groups?instance=X and
// users?instance=X, each a JSON array of texts.
func (d *Datasource) resources() backend.CallResourceHandler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /instances", func(w http.ResponseWriter, r *http.Request) {
		instances, err := d.targets.Instances(r.Context())
		reply(w, instances, err)
	})
	mux.HandleFunc("GET /groups", d.distinct(processes.Group))
	mux.HandleFunc("GET /users", d.distinct(processes.User))
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
		reply(w, slices.Sorted(maps.Keys(values)), nil)
	}
}

func reply(w http.ResponseWriter, values []string, err error) {
	w.Header().Set("Content-Type", "application/json")
	var answer any = slices.Concat([]string{}, values)
	if err != nil {
		backend.Logger.Warn("variable failed", "error", err)
		w.WriteHeader(int(status(err)))
		answer = map[string]string{"message": explain(err)}
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		backend.Logger.Debug("variable not sent", "error", err)
	}
}

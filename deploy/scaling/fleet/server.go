package fleet

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Fleet serves the hosts over HTTP.
type Fleet struct {
	template *Template
	hosts    int
	began    time.Time
	buffers  sync.Pool
}

// New makes a fleet that begins now.
func New(template *Template, hosts int) *Fleet {
	return &Fleet{template: template, hosts: hosts, began: time.Now()}
}

// Handler serves /host/N/metrics for N below the number of hosts, and /targets: all of them
// for http_sd_configs, with names such as host-00007.
func (f *Fleet) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /host/{n}/metrics", f.metrics)
	mux.HandleFunc("GET /targets", f.targets)
	return mux
}

func (f *Fleet) metrics(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 0 || n >= f.hosts {
		http.NotFound(w, r)
		return
	}
	buffer, _ := f.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	*buffer = f.template.Append((*buffer)[:0], n, time.Since(f.began))
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write(*buffer)
	f.buffers.Put(buffer)
}

// targetGroup is one of https://prometheus.io/docs/prometheus/latest/http_sd/.
type targetGroup struct {
	Targets []string          `json:"targets"`
	Labels  map[string]string `json:"labels"`
}

func (f *Fleet) targets(w http.ResponseWriter, r *http.Request) {
	groups := make([]targetGroup, f.hosts)
	for n := range groups {
		groups[n] = targetGroup{
			Targets: []string{r.Host},
			Labels: map[string]string{
				"__metrics_path__": fmt.Sprintf("/host/%d/metrics", n),
				"instance":         fmt.Sprintf("host-%05d", n),
			},
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(groups)
}

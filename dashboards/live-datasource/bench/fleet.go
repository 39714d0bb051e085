//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"time"
)

// fleet is many exporters, each with its own address, and the Prometheus that has them as targets.
type fleet struct {
	prometheus *httptest.Server
	hosts      []*httptest.Server
	// asked counts the requests to each host, busy those that are being answered; most is the highest number of
	// them at once at one host.
	asked, busy []atomic.Int64
	most        atomic.Int64
}

// newFleet has hosts of so many processes, which take a time to answer: an exporter has to read its recording.
func newFleet(hosts, processes int, takes time.Duration) *fleet {
	f := &fleet{asked: make([]atomic.Int64, hosts), busy: make([]atomic.Int64, hosts)}
	table := answer(processes)
	for i := range hosts {
		f.hosts = append(f.hosts, httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			f.asked[i].Add(1)
			busy := f.busy[i].Add(1)
			defer f.busy[i].Add(-1)
			for most := f.most.Load(); busy > most && !f.most.CompareAndSwap(most, busy); most = f.most.Load() {
			}
			// A recording is about the past: nobody but it is asked here.
			if r.URL.Query().Get("time") == "" {
				http.Error(w, "this exporter is asked about the past only", http.StatusBadRequest)
				return
			}
			select {
			case <-time.After(takes):
			case <-r.Context().Done():
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(table)
		})))
	}
	targets := f.targets()
	f.prometheus = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/targets" {
			http.Error(w, "this Prometheus has targets only", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(targets)
	}))
	return f
}

// targets is what Prometheus answers about them, with the labels that it has of each.
func (f *fleet) targets() []byte {
	active := make([]map[string]any, len(f.hosts))
	for i, host := range f.hosts {
		active[i] = map[string]any{
			"discoveredLabels": map[string]string{
				"__address__": strings.TrimPrefix(host.URL, "http://"), "__meta_filepath": "/etc/prometheus/targets/proctree.json",
				"__metrics_path__": "/metrics", "__scheme__": "http", "__scrape_interval__": "15s", "__scrape_timeout__": "10s", "job": "proctree",
			},
			"labels":     map[string]string{"instance": instance(i), "job": "proctree", "team": "shop"},
			"scrapePool": "proctree", "scrapeUrl": host.URL + "/metrics", "globalUrl": host.URL + "/metrics", "lastError": "",
			"lastScrape": "2026-11-28T03:12:00.123456789Z", "lastScrapeDuration": 0.031, "health": "up", "scrapeInterval": "15s", "scrapeTimeout": "10s",
		}
	}
	body, _ := json.Marshal(map[string]any{"status": "success", "data": map[string]any{"activeTargets": active, "droppedTargets": []any{}}})
	return body
}

func instance(i int) string { return fmt.Sprintf("host-%05d", i) }

// settings are those of a data source for this fleet.
func (f *fleet) settings() map[string]any {
	return map[string]any{"discovery": "prometheus", "prometheusUrl": f.prometheus.URL, "job": "proctree"}
}

// reached is how many exporters were asked, and how often all of them.
func (f *fleet) reached() (hosts, requests int64) {
	for i := range f.asked {
		if n := f.asked[i].Load(); n > 0 {
			hosts++
			requests += n
		}
	}
	return hosts, requests
}

func (f *fleet) close() {
	for _, host := range f.hosts {
		host.Close()
	}
	f.prometheus.Close()
}

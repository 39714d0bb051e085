package main

import (
	"errors"
	"net/http"
	"net/http/pprof"

	"proctree/tree-api/access"
)

// routes returns the handler of everything the exporter serves.
func (e *exporter) routes() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", e.tree)
	mux.Handle("GET "+e.settings.telemetryPath, e.newMetricsHandler())
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		w.Write([]byte(program + " is healthy.\n"))
	})
	mux.HandleFunc("GET /-/ready", e.ready)
	mux.Handle("POST /-/reload", e.lifecycle(e.ownSite(e.reloads)))
	mux.Handle("PUT /-/reload", e.lifecycle(e.ownSite(e.reloads)))
	mux.HandleFunc("/-/reload", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Allow", "POST, PUT")
		http.Error(w, "only POST or PUT requests allowed", http.StatusMethodNotAllowed)
	})
	if e.settings.enablePprof {
		for path, handler := range map[string]http.HandlerFunc{
			"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace,
		} {
			mux.Handle("GET /debug/pprof/"+path, e.forOperators(handler))
		}
	}
	return mux
}

// ready is /-/ready: there is a scan, so /metrics has something to show.
func (e *exporter) ready(w http.ResponseWriter, _ *http.Request) {
	if e.source.tracker.Report() == nil {
		http.Error(w, "the first scan is not done yet", http.StatusServiceUnavailable)
		return
	}
	w.Write([]byte(program + " is ready.\n"))
}

// ownSite refuses what the page of another site asks for.
func (e *exporter) ownSite(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := e.access.CheckSite(r); err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// forOperators refuses everybody who may not see everything in the tree: the memory of the
// exporter has it all.
func (e *exporter) forOperators(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		grant, err := e.access.Authorize(r)
		if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
			http.Error(w, refusal.Error(), refusal.Status)
			return
		}
		if err != nil || !grant.Role.SeesAll() {
			http.Error(w, "profiles of the exporter are for operators", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// lifecycle lets a request through only if --web.enable-lifecycle says so.
func (e *exporter) lifecycle(next http.Handler) http.Handler {
	if e.settings.enableLifecycle {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "lifecycle API is not enabled (--web.enable-lifecycle)", http.StatusForbidden)
	})
}

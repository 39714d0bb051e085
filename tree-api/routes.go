package treeapi

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"

	"proctree/tree-api/openapi"
	"proctree/tree-api/rest"
)

// routes is the table of every address.
func (a *API) routes() (http.Handler, error) {
	compress, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false),
		gzhttp.CompressionLevel(1),
		gzhttp.ContentTypes([]string{"application/json", "text/csv", "text/html", "text/css", "text/javascript", "image/svg+xml"}),
	)
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	mux := http.NewServeMux()
	for path, handler := range a.calls.Handlers() {
		mux.Handle(path, a.shared(compress(handler)))
	}
	// Not shared with other origins: only the page itself may act on processes.
	for path, handler := range a.control.Handlers() {
		mux.Handle(path, a.calls.Recovered(handler))
	}
	mux.Handle("/api/v1/stream", a.calls.Recovered(rest.ReadOnly(a.streams)))
	mux.Handle("/api/v1/openapi.json", a.shared(compress(rest.ReadOnly(http.HandlerFunc(serveOpenAPI)))))
	mux.Handle("/api/", a.calls.Recovered(http.HandlerFunc(unknownPath)))
	mux.Handle("/login", a.calls.Recovered(http.HandlerFunc(a.login)))
	mux.Handle("/logout", a.calls.Recovered(http.HandlerFunc(a.logout)))
	mux.Handle("/", compress(a.calls.Recovered(rest.ReadOnly(http.HandlerFunc(a.index)))))
	return a.secured(mux), nil
}

func unknownPath(w http.ResponseWriter, r *http.Request) {
	rest.WriteFailure(w, &rest.CallError{
		Status: http.StatusNotFound, Kind: rest.ErrorNotFound,
		Err: fmt.Errorf("there is no %s; /api/v1/openapi.json lists what there is", r.URL.Path),
	})
}

// serveOpenAPI needs no role: the document says nothing about the host.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(openapi.Document)
}

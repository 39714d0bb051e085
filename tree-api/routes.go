package treeapi

import (
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// routes is the table of every address.
func (a *API) routes() (http.Handler, error) {
	compress, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false),
		gzhttp.CompressionLevel(1),
		gzhttp.ContentTypes([]string{"application/json", "text/html", "text/css", "text/javascript", "image/svg+xml"}),
	)
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	mux := http.NewServeMux()
	for path, handler := range a.calls.handlers() {
		mux.Handle(path, a.shared(compress(handler)))
	}
	mux.Handle("/api/v1/stream", a.calls.recovered(readOnly(a.streams)))
	mux.Handle("/api/v1/openapi.json", a.shared(compress(readOnly(http.HandlerFunc(serveOpenAPI)))))
	mux.Handle("/api/", a.calls.recovered(http.HandlerFunc(unknownPath)))
	mux.Handle("/login", a.calls.recovered(http.HandlerFunc(a.login)))
	mux.Handle("/logout", a.calls.recovered(http.HandlerFunc(a.logout)))
	mux.Handle("/", compress(a.calls.recovered(readOnly(http.HandlerFunc(a.index)))))
	return a.secured(mux), nil
}

func unknownPath(w http.ResponseWriter, r *http.Request) {
	writeFailure(w, &failure{
		status: http.StatusNotFound, kind: errorNotFound,
		err: fmt.Errorf("there is no %s; /api/v1/openapi.json lists what there is", r.URL.Path),
	})
}

// serveOpenAPI needs no role: the document says nothing about the host.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(openAPI)
}

package treeapi

import (
	_ "embed"
	"fmt"
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

//go:embed openapi.json
var openAPI []byte

// routes is the table of every address.
func (a *API) routes() (http.Handler, error) {
	calls := []struct {
		path string
		call call
	}{
		{"/api/v1/host", a.getHost},
		{"/api/v1/processes", a.getProcesses},
		{"/api/v1/processes/{pid}", a.getProcess},
		{"/api/v1/tree", a.getTree},
	}
	compress, err := gzhttp.NewWrapper(
		gzhttp.EnableZstd(false),
		gzhttp.CompressionLevel(1),
		gzhttp.ContentTypes([]string{"application/json", "text/html", "text/css", "text/javascript", "image/svg+xml"}),
	)
	if err != nil {
		return nil, fmt.Errorf("set up compression: %w", err)
	}
	mux := http.NewServeMux()
	for _, c := range calls {
		mux.Handle(c.path, a.shared(compress(a.recovered(readOnly(a.guarded(c.call))))))
	}
	mux.Handle("/api/v1/stream", a.recovered(readOnly(http.HandlerFunc(a.stream))))
	mux.Handle("/api/v1/openapi.json", a.shared(compress(readOnly(http.HandlerFunc(serveOpenAPI)))))
	mux.Handle("/api/", a.recovered(http.HandlerFunc(unknownPath)))
	mux.Handle("/login", a.recovered(http.HandlerFunc(a.login)))
	mux.Handle("/logout", a.recovered(http.HandlerFunc(a.logout)))
	mux.Handle("/", compress(a.recovered(readOnly(http.HandlerFunc(a.index)))))
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

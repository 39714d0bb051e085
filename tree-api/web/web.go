// Package web holds the files of the page, as the browser gets them.
package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"proctree/tree-api/rest"
)

// contentTypes are the kinds of files there are. The system's own table may say
// otherwise, and a script of another type would not run.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// File is one that the page is made of.
type File struct {
	kind, tag string
	data      []byte
}

// ReadFiles reads what the binary holds, by the path under which it is served.
func ReadFiles(system fs.FS, directory string) (map[string]File, error) {
	files := map[string]File{}
	err := fs.WalkDir(system, directory, func(name string, entry fs.DirEntry, err error) error {
		kind := contentTypes[path.Ext(name)]
		if err != nil || entry.IsDir() || kind == "" {
			return err
		}
		data, err := fs.ReadFile(system, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		files["/"+strings.TrimPrefix(strings.TrimPrefix(name, directory), "/")] = File{kind, `W/"` + hex.EncodeToString(sum[:8]) + `"`, data}
		return nil
	})
	return files, err
}

// Serve sends a file; the browser keeps it and asks each time whether it is still good.
func (f File) Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("ETag", f.tag)
	h.Set("Cache-Control", "no-cache")
	if rest.MatchesTag(r.Header.Values("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(f.data)))
	w.Write(f.data)
}

//go:embed *.html *.css *.js *.svg model/*.js
var webFiles embed.FS

// Files reads the files of the page, by the path under which each is served.
func Files() (map[string]File, error) { return ReadFiles(webFiles, ".") }

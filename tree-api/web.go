package treeapi

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// contentTypes are the kinds of files there are. The system's own table may say
// otherwise, and a script of another type would not run.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// file is one that the page is made of.
type file struct {
	kind, tag string
	data      []byte
}

// readFiles reads what the binary holds, by the path under which it is served.
func readFiles(system fs.FS, directory string) (map[string]file, error) {
	files := map[string]file{}
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
		files[strings.TrimPrefix(name, directory)] = file{kind, `W/"` + hex.EncodeToString(sum[:8]) + `"`, data}
		return nil
	})
	return files, err
}

// serve sends a file; the browser keeps it and asks each time whether it is still good.
func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("ETag", f.tag)
	h.Set("Cache-Control", "no-cache")
	if matchesTag(r.Header.Values("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(f.data)))
	w.Write(f.data)
}

//go:embed web/*.html web/*.css web/*.js web/*.svg web/model/*.js
var webFiles embed.FS

// pageAssets reads the files of the page, by the path under which each is served.
func pageAssets() (map[string]file, error) { return readFiles(webFiles, "web") }

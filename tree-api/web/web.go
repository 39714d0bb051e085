// Package web holds the files of the page, as the browser gets them.
package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
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
	".png":  "image/png",
	".svg":  "image/svg+xml",
	// https://www.w3.org/TR/appmanifest/#media-type-registration
	".webmanifest": "application/manifest+json",
}

// File is one that the page is made of.
type File struct {
	kind, tag string
	data      []byte
	// immutable is set for an address that never stands for other data.
	immutable bool
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
		files["/"+strings.TrimPrefix(strings.TrimPrefix(name, directory), "/")] = newFile(kind, data)
		return nil
	})
	return files, err
}

func newFile(kind string, data []byte) File {
	sum := sha256.Sum256(data)
	return File{kind: kind, tag: `W/"` + hex.EncodeToString(sum[:8]) + `"`, data: data}
}

// Serve sends a file. The browser keeps it, and asks each time whether it is still good, unless it
// is immutable.
func (f File) Serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("ETag", f.tag)
	if f.immutable {
		// RFC 8246: the browser need not ask again, not even when the page is reloaded.
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if rest.MatchesTag(r.Header.Values("If-None-Match"), f.tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(f.data)))
	w.Write(f.data)
}

//go:embed dist
var bundle embed.FS

// rootFiles stand beside the page: what other pages name too, and what an installed page needs. A
// service worker has a part only in what is below it.
func rootFiles() []string {
	return []string{"/icon.svg", "/icon-192.png", "/icon-512.png", "/icon-maskable.png", "/manifest.webmanifest", "/service-worker.js"}
}

const (
	indexPath = "/index.html"
	// placeholder stands in the page for the folder of its files.
	placeholder = "assets/_/"
)

// Files reads the files of the page, by the path under which each is served. All but the page itself
// are in a folder named after their contents: another version has another folder.
func Files() (map[string]File, error) {
	made, err := ReadFiles(bundle, "dist")
	if err != nil {
		return nil, err
	}
	folder := "assets/" + hashOf(made) + "/"
	index := made[indexPath]
	files := map[string]File{
		indexPath: newFile(index.kind, bytes.ReplaceAll(index.data, []byte(placeholder), []byte(folder))),
	}
	for _, name := range rootFiles() {
		files[name] = made[name]
	}
	for name, f := range made {
		// The page names one of them in its folder, for the browser to keep.
		if name == "/icon.svg" || name != indexPath && files[name].data == nil {
			f.immutable = true
			files["/"+folder+strings.TrimPrefix(name, "/")] = f
		}
	}
	return files, nil
}

// hashOf is one hash of all files.
func hashOf(files map[string]File) string {
	hash := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		hash.Write([]byte(name + " " + files[name].tag + "\n"))
	}
	return hex.EncodeToString(hash.Sum(nil)[:8])
}

// Bundle makes the files that the browser gets out of the page's sources, few and small: "make
// generate" runs it. It is a module of its own, so that the exporter does not depend on a bundler.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := run(".."); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

// run writes the bundle of a page into its folder dist.
func run(web string) error {
	files, err := bundle(web)
	if err != nil {
		return err
	}
	dist := filepath.Join(web, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dist, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// styles are the sheets in the order in which they apply.
var styles = []string{"style.css", "table.css", "columns.css", "sums.css", "compare.css", "panels.css", "control.css", "past.css", "narrow.css", "media.css"}

// bundle returns the files by name.
func bundle(web string) (map[string][]byte, error) {
	files := map[string][]byte{}
	// start.js opens the stream, and app.js uses what it has opened: it must not have its own.
	for _, entry := range []string{"start.js", "app.js", "past.js", "stream-worker.js", "service-worker.js"} {
		text, err := build(web, api.StdinOptions{Contents: "import './" + entry + "';", Loader: api.LoaderJS}, entry)
		if err != nil {
			return nil, err
		}
		files[entry] = text
	}
	var imports strings.Builder
	for _, name := range styles {
		fmt.Fprintf(&imports, "@import './%s';\n", name)
	}
	sheet, err := build(web, api.StdinOptions{Contents: imports.String(), Loader: api.LoaderCSS}, "style.css")
	if err != nil {
		return nil, err
	}
	files["style.css"] = sheet
	for _, name := range []string{"icon.svg", "icon-192.png", "icon-512.png", "icon-maskable.png", "manifest.webmanifest"} {
		if files[name], err = os.ReadFile(filepath.Join(web, name)); err != nil {
			return nil, err
		}
	}
	if files["index.html"], err = index(web); err != nil {
		return nil, err
	}
	files["sources.sha256"], err = sources(web)
	return files, err
}

// build makes one file.
func build(web string, in api.StdinOptions, entry string) ([]byte, error) {
	folder, err := filepath.Abs(web)
	if err != nil {
		return nil, err
	}
	options := api.BuildOptions{
		AbsWorkingDir: folder, Bundle: true, Charset: api.CharsetUTF8, Format: api.FormatESModule, LegalComments: api.LegalCommentsNone,
		MinifyIdentifiers: true, MinifySyntax: true, MinifyWhitespace: true, Target: api.ES2024,
	}
	if in.Loader == api.LoaderCSS {
		in.ResolveDir = folder
		options.Stdin = &in
		options.Format = api.FormatDefault
	} else {
		options.EntryPoints = []string{entry}
		if entry == "app.js" {
			// What only the past needs is read where there is one.
			options.External = []string{"./start.js", "./past.js"}
		}
	}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		return nil, errors.New(strings.Join(api.FormatMessages(result.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	return result.OutputFiles[0].Contents, nil
}

var (
	preloads = regexp.MustCompile(`<link rel="modulepreload"[^>]*>\n`)
	sheets   = regexp.MustCompile(`(?s)(?:<link rel="stylesheet"[^>]*>\n)+`)
	paths    = regexp.MustCompile(`(href|src)="((?:start|app)\.js|style\.css|icon\.svg)"`)
)

// placeholder stands in the page's addresses for the hash of its files, which the exporter knows.
const placeholder = "assets/_/"

// index is the page with the addresses of the bundle.
func index(web string) ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(web, "index.html"))
	if err != nil {
		return nil, err
	}
	text = preloads.ReplaceAll(text, nil)
	text = sheets.ReplaceAll(text, []byte("<link rel=\"stylesheet\" href=\"style.css\">\n<link rel=\"modulepreload\" fetchpriority=\"high\" href=\""+placeholder+"stream-worker.js\">\n"))
	return paths.ReplaceAll(text, []byte(`$1="`+placeholder+`$2"`)), nil
}

// sources is one hash of all that the bundle is made of, for the test that needs no bundler.
func sources(web string) ([]byte, error) {
	var names []string
	for _, pattern := range []string{"*.html", "*.css", "*.js", "*.svg", "*.png", "*.webmanifest", "model/*.js"} {
		found, err := filepath.Glob(filepath.Join(web, pattern))
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		relative, err := filepath.Rel(web, name)
		if err != nil {
			return nil, err
		}
		_, _ = fmt.Fprintf(hash, "%s %d\n", filepath.ToSlash(relative), len(text))
		hash.Write(text)
	}
	return []byte(hex.EncodeToString(hash.Sum(nil)) + "\n"), nil
}

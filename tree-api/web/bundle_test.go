package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBundleIsOfTheseSources holds that nobody forgot "make generate" after a change of the page.
// Folder bundle, which has the bundler, compares every byte.
func TestBundleIsOfTheseSources(t *testing.T) {
	var names []string
	for _, pattern := range []string{"*.html", "*.css", "*.js", "*.svg", "*.png", "*.webmanifest", "model/*.js"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	hash := sha256.New()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = fmt.Fprintf(hash, "%s %d\n", filepath.ToSlash(name), len(text))
		hash.Write(text)
	}
	want, err := os.ReadFile("dist/sources.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != strings.TrimSpace(string(want)) {
		t.Errorf("the page has changed: run make generate")
	}
}

// TestPageNamesOnlyItsFiles holds that whatever the page loads is there, and may be kept for good.
func TestPageNamesOnlyItsFiles(t *testing.T) {
	files, err := Files()
	if err != nil {
		t.Fatal(err)
	}
	index := string(files["/index.html"].data)
	named := 0
	for part := range strings.SplitSeq(index, `"`) {
		if !strings.HasPrefix(part, "assets/") {
			continue
		}
		named++
		if f, ok := files["/"+part]; !ok || !f.immutable {
			t.Errorf("the page names %s, which is not among its immutable files", part)
		}
	}
	if named < 5 || strings.Contains(index, placeholder) || files["/index.html"].immutable {
		t.Errorf("the page names %d files:\n%s", named, index)
	}
}

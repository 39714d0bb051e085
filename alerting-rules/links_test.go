package alertingrules

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	markdownLink = regexp.MustCompile(`\]\(([^)]+)\)`)
	heading      = regexp.MustCompile(`(?m)^#+ (.+)$`)
	codeSpan     = regexp.MustCompile("`[^`\n]+`")
)

// anchors returns what the headings of a page are called in links.
func anchors(text string) map[string]bool {
	all := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(text, -1) {
		name := regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(m[1]), "")
		all[strings.ReplaceAll(name, " ", "-")] = true
	}
	return all
}

// pageParameters are the names that the live tree reads from its address.
func pageParameters(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, file := range []string{"view-state.js", "interval.js"} {
		for _, m := range regexp.MustCompile(`'(\w+)'`).FindAllStringSubmatch(readText(t, filepath.Join("../tree-api/web", file)), -1) {
			names[m[1]] = true
		}
	}
	if !names["group"] {
		t.Fatal("the live tree has no parameter group: this test looks in the wrong place")
	}
	return names
}

// TestLinksOfRunbooks: links lead to pages and headings that exist, and an address of the live
// tree is one piece, with parameters that it knows.
func TestLinksOfRunbooks(t *testing.T) {
	books, err := filepath.Glob(runbookDir + "/*.md")
	if err != nil || len(books) == 0 {
		t.Fatalf("no runbooks: %v", err)
	}
	known := pageParameters(t)
	for _, book := range append(books, "README.md", "../docs/alerting.md", "../docs/counters.md", "../docs/migrating-from-process-exporter.md") {
		text := readText(t, book)
		for _, m := range markdownLink.FindAllStringSubmatch(text, -1) {
			checkLink(t, book, m[1])
		}
		for _, at := range codeSpan.FindAllStringIndex(text, -1) {
			if strings.HasPrefix(text[at[0]:], "`http") {
				checkAddress(t, book, text[at[0]+1:at[1]-1], text[at[1]:], known)
			}
		}
	}
}

func checkLink(t *testing.T, book, link string) {
	t.Helper()
	target, anchor, _ := strings.Cut(link, "#")
	if strings.Contains(target, "://") {
		return
	}
	path := book
	if target != "" {
		path = filepath.Join(filepath.Dir(book), target)
	}
	text, err := os.ReadFile(path)
	info, statErr := os.Stat(path)
	switch {
	case statErr != nil:
		t.Errorf("%s: nothing is at %s", book, link)
	case info.IsDir() || anchor == "":
	case err != nil || !anchors(string(text))[anchor]:
		t.Errorf("%s: %s has no heading #%s", book, target, anchor)
	}
}

func checkAddress(t *testing.T, book, address, after string, known map[string]bool) {
	t.Helper()
	if regexp.MustCompile(`^[\w&?#=/]`).MatchString(after) {
		t.Errorf("%s: the address `%s` goes on after its end: %.20q", book, address, after)
	}
	// The placeholder in addresses that people configure.
	u, err := url.Parse(strings.ReplaceAll(address, "{instance}", "web1:10056"))
	if err != nil {
		t.Errorf("%s: %v", book, err)
		return
	}
	parameters, err := url.ParseQuery(u.Fragment)
	if err != nil {
		t.Errorf("%s: %v", book, err)
	}
	for name := range parameters {
		if !known[name] {
			t.Errorf("%s: the live tree does not know %q in %s", book, name, address)
		}
	}
}

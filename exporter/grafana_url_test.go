package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCheckGrafanaURL(t *testing.T) {
	for address, want := range map[string]string{
		"":                                     "",
		"https://grafana.example":              "",
		"http://[::1]:3000/grafana/d/x?a=b#c":  "",
		exampleGrafana:                         "",
		"https://g.example/?q=name%7Bx%7D":     "",
		"https://g.example?x={name}":           "",
		"javascript:alert({pid})":              `placeholder before "?"`,
		"javascript:alert(1)":                  "is not a URL",
		"JavaScript://g.example/?{pid}":        "is not a URL",
		"data:text/html,x?{pid}":               "is not a URL",
		"//g.example/?{pid}":                   "is not a URL",
		"g.example":                            "is not a URL",
		"https:///d?{pid}":                     "is not a URL",
		"https://{name}.example/":              `placeholder before "?"`,
		"https://g.example/d/{group}?pid=1":    `placeholder before "?"`,
		"https://g.example/?x={command}":       "unknown placeholder {command}; there are {host}, {pid}",
		"https://g.example/?x={}":              "unknown placeholder {}",
		"https://g.example/?x={pid":            "brace",
		"https://g.example/?x={{pid}}":         "brace",
		"https://g.example/?x=${PID}":          "brace",
		"https://admin:secret-word@g.example/": "names a user",
		"https://admin@g.example/?x={pid}":     "names a user",
		"https://g.example/\x00?x={pid}":       "is not a URL",
	} {
		t.Run(address, func(t *testing.T) {
			err := checkGrafanaURL(address)
			switch {
			case want == "" && err != nil:
				t.Error(err)
			case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
				t.Errorf("error %v, want one with %q", err, want)
			case err != nil && strings.Contains(err.Error(), "secret-word"):
				t.Errorf("the error shows a password: %v", err)
			}
		})
	}
}

// TestPlaceholdersAreThoseOfThePage holds the flag against the page, which fills them in.
func TestPlaceholdersAreThoseOfThePage(t *testing.T) {
	source, err := os.ReadFile("../tree-api/web/grafana-link.js")
	if err != nil {
		t.Fatal(err)
	}
	var filled []string
	for _, found := range regexp.MustCompile(`(?m)^  ([a-z]+): \(`).FindAllStringSubmatch(string(source), -1) {
		filled = append(filled, found[1])
	}
	want := linkPlaceholders()
	slices.Sort(filled)
	slices.Sort(want)
	if !slices.Equal(filled, want) {
		t.Errorf("the page fills in %v, the flag allows %v", filled, want)
	}
}

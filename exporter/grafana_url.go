package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const exampleGrafana = "https://grafana.example/d/proctree-history?var-instance={host}:10056&var-group={group}&var-pid={pid}&from={from}&to={to}"

// linkPlaceholders are what the page fills in for a process (web/grafana-link.js).
func linkPlaceholders() []string {
	return []string{"host", "pid", "name", "user", "group", "unit", "container", "from", "to"}
}

var placeholder = regexp.MustCompile(`\{([a-z]*)\}`)

// checkGrafanaURL lets --web.grafana-url be a web address with placeholders in its query: elsewhere,
// the name of a process, which any user can choose, could lead to another page or host.
func checkGrafanaURL(address string) error {
	if u, err := url.Parse(address); err == nil && u.User != nil {
		// Not quoted: it can hold a password.
		return errors.New("--web.grafana-url: the address names a user, which everybody who opens the page would see; set one without")
	}
	before, query, _ := strings.Cut(address, "?")
	if strings.ContainsAny(before, "{}") {
		return fmt.Errorf("--web.grafana-url: %q has a placeholder before \"?\"; they are allowed after it: %s", address, exampleGrafana)
	}
	for _, found := range placeholder.FindAllStringSubmatch(query, -1) {
		if !slices.Contains(linkPlaceholders(), found[1]) {
			return fmt.Errorf("--web.grafana-url: unknown placeholder %s; there are {%s}", found[0], strings.Join(linkPlaceholders(), "}, {"))
		}
	}
	rest := placeholder.ReplaceAllString(query, "")
	if strings.ContainsAny(rest, "{}") {
		return fmt.Errorf("--web.grafana-url: %q has a brace that belongs to no placeholder; write %%7B and %%7D for braces", address)
	}
	return checkWebAddress("web.grafana-url", strings.TrimSuffix(before+"?"+rest, "?"), "https://grafana.example")
}

package access

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// parseOrigins checks the origins of the configuration and returns them as browsers write
// them (RFC 6454, section 6.1).
func parseOrigins(list []string) (map[string]bool, error) {
	origins := make(map[string]bool, len(list))
	for _, text := range list {
		origin, err := parseOrigin(text)
		if err != nil {
			return nil, err
		}
		origins[origin] = true
	}
	return origins, nil
}

func parseOrigin(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("allowed origin %q: %w", text, err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.Contains(u.Host, "%") || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("allowed origin %q: must be scheme://host or scheme://host:port", text)
	}
	return canonicalOrigin(u), nil
}

// ParseExternal returns the origin of the address at which browsers reach this server through a
// proxy; "" is no address. A path is what the proxy adds.
func ParseExternal(address string) (origin string, err error) {
	if address == "" {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fmt.Errorf("%q: must be scheme://host or scheme://host:port, such as https://proctree.example", address)
	}
	u.Path, u.RawPath = "", ""
	if origin, err = parseOrigin(u.String()); err != nil {
		return "", fmt.Errorf("%q: must be scheme://host or scheme://host:port, such as https://proctree.example", address)
	}
	return origin, nil
}

// canonicalOrigin leaves out the port that is the scheme's own, as browsers do.
func canonicalOrigin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "http":
		host = strings.TrimSuffix(host, ":80")
	case "https":
		host = strings.TrimSuffix(host, ":443")
	}
	return u.Scheme + "://" + host
}

// checkOrigin returns a *RefusalError for a request that the page of another site makes. Such
// a page cannot read the answer, but may open a WebSocket, and need not be served at all.
func (c *Control) checkOrigin(r *http.Request) error {
	if origin := r.Header.Get("Origin"); origin != "" {
		if c.AllowsOrigin(origin) || sameOrigin(r, origin) || c.external != "" && c.isOwnOrigin(r, origin) {
			return nil
		}
		return foreign(fmt.Sprintf("the origin %q is not allowed to read the process tree", origin))
	}
	// A script or an image of another site comes without Origin; a user who follows a link
	// navigates (Fetch Metadata, W3C).
	site := r.Header.Get("Sec-Fetch-Site")
	if (site == "cross-site" || site == "same-site") && r.Header.Get("Sec-Fetch-Mode") != "navigate" {
		return foreign("a page of another site is not allowed to read the process tree")
	}
	return nil
}

// AllowsOrigin reports whether the configuration names the origin.
func (c *Control) AllowsOrigin(origin string) bool {
	if len(c.origins) == 0 {
		return false
	}
	canonical, err := parseOrigin(origin)
	return err == nil && c.origins[canonical]
}

// Origins returns the origins that the configuration names, sorted.
func (c *Control) Origins() []string { return slices.Sorted(maps.Keys(c.origins)) }

// sameOrigin compares the host alone: behind a proxy that ends TLS the scheme is not
// known here.
func sameOrigin(r *http.Request, origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	bare := func(scheme string) string { return canonicalOrigin(&url.URL{Scheme: scheme, Host: r.Host}) }
	return canonicalOrigin(u) == bare(u.Scheme)
}

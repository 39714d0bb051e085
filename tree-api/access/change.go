package access

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// AuthorizeChange decides about a request that changes something on the host. It is stricter
// than Authorize: no other origin is allowed, however the configuration names it, and only a
// Controller passes. The grant is also returned with an error, as far as it is known, so that
// the attempt can be logged by name. The error is a *RefusalError.
func (c *Control) AuthorizeChange(r *http.Request, hostName string) (Grant, error) {
	if err := c.checkOwnOrigin(r); err != nil {
		return Grant{}, err
	}
	if err := c.checkOwnHost(r, hostName); err != nil {
		return Grant{}, err
	}
	grant, err := c.Authorize(r)
	if err != nil {
		return grant, err
	}
	if grant.Role != Controller {
		return grant, forbidden(fmt.Sprintf("role: only the role controller may act on processes; this caller is %s", grant.Role))
	}
	return grant, nil
}

// Identify returns the grant of the caller of a request, for the log: it is as much as is known of
// the caller, whatever else is wrong with the request, and allows nothing.
func (c *Control) Identify(r *http.Request) Grant {
	if len(r.Header.Values("Authorization")) > 1 {
		return Grant{} // Which of them counts is not certain.
	}
	policy := c.cfg.Policy()
	grant := policy.frontGrant(r)
	if policy.Tokens != nil {
		if byToken, _ := c.findToken(r, policy.Tokens); byToken.Role > grant.Role {
			return byToken
		}
	}
	return grant
}

// checkOwnOrigin refuses the pages of all other origins. A browser sends Origin with every
// POST (Fetch Standard, "append a request Origin header"); programs such as curl send none.
func (c *Control) checkOwnOrigin(r *http.Request) error {
	if origin := r.Header.Get("Origin"); origin != "" && !c.isOwnOrigin(r, origin) {
		return foreign(fmt.Sprintf("origin: pages of %.100q may not act on processes; if it is the address of this exporter behind a proxy, set --web.external-url", origin))
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "same-origin", "none":
		return nil
	default:
		return foreign("origin: pages of other sites may not act on processes")
	}
}

// isOwnOrigin compares scheme, host and port: what answers at another port, or without TLS, is
// another program.
func (c *Control) isOwnOrigin(r *http.Request, origin string) bool {
	canonical, err := parseOrigin(origin)
	if err != nil {
		return false
	}
	if canonical == c.external {
		return true
	}
	// Behind a proxy that ends TLS, the scheme of the connection is not the one of the page.
	return !c.isExternalHost(r.Host) && canonical == canonicalOrigin(&url.URL{Scheme: schemeOf(r), Host: r.Host})
}

func schemeOf(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}

// isExternalHost reports whether the value of a Host header is the one at which a proxy is reached.
func (c *Control) isExternalHost(host string) bool {
	scheme, _, ok := strings.Cut(c.external, "://")
	return ok && canonicalOrigin(&url.URL{Scheme: scheme, Host: host}) == c.external
}

// checkOwnHost refuses a foreign name in Host for a connection from this host: a page can make its
// own name point here (DNS rebinding), and its Origin then fits. Such a page can add any header,
// so one that says that a proxy is in between proves nothing.
func (c *Control) checkOwnHost(r *http.Request, hostName string) error {
	if !isLocal(r) || isLoopbackHost(r.Host) || c.isExternalHost(r.Host) {
		return nil
	}
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	short, _, _ := strings.Cut(hostName, ".")
	if name != "" && (strings.EqualFold(name, hostName) || strings.EqualFold(name, short)) {
		return nil
	}
	return foreign(fmt.Sprintf("host: %.100q in the Host header is not a name of this host; if it is that of a proxy, set --web.external-url", r.Host))
}

// Who returns the name under which the log knows the caller; empty if there is none.
func (g Grant) Who() string { return cmp.Or(g.Name, g.user, g.certificate) }

// SentByBrowser reports whether a browser adds the secret of the grant to requests by itself,
// as it does with cookies and passwords. Such requests need proof that the page made them.
func (g Grant) SentByBrowser() bool { return g.token == nil || g.session != "" }

// Subject identifies the session or the user of a grant without its secret.
func (g Grant) Subject() string {
	if g.session != "" {
		sum := sha256.Sum256([]byte(g.session))
		return "session " + hex.EncodeToString(sum[:])
	}
	return g.Caller
}

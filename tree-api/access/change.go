package access

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"strings"
)

// AuthorizeChange decides about a request that changes something on the host. It is stricter
// than Authorize: no other origin is allowed, however the configuration names it, and only a
// Controller passes. The grant is also returned with an error, as far as it is known, so that
// the attempt can be logged by name. The error is a *RefusalError.
func (c *Control) AuthorizeChange(r *http.Request, hostName string) (Grant, error) {
	if err := checkOwnOrigin(r); err != nil {
		return Grant{}, err
	}
	if err := checkOwnHost(r, hostName); err != nil {
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

// checkOwnOrigin refuses the pages of all other origins. A browser sends Origin with every
// POST (Fetch Standard, "append a request Origin header"); programs such as curl send none.
func checkOwnOrigin(r *http.Request) error {
	if origin := r.Header.Get("Origin"); origin != "" && !sameOrigin(r, origin) {
		return foreign(fmt.Sprintf("origin: pages of %q may not act on processes", origin))
	}
	switch site := r.Header.Get("Sec-Fetch-Site"); site {
	case "", "same-origin", "none":
		return nil
	default:
		return foreign("origin: pages of other sites may not act on processes")
	}
}

// checkOwnHost refuses a foreign name in Host for a connection from this host that no proxy
// made: a page can make its own name point here (DNS rebinding), and its Origin then fits.
func checkOwnHost(r *http.Request, hostName string) error {
	if !isLocal(r) || isForwarded(r) || isLoopbackHost(r.Host) {
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
	return foreign(fmt.Sprintf("host: %q in the Host header is not a name of this host", r.Host))
}

func isForwarded(r *http.Request) bool {
	for name := range r.Header {
		if isForwarding(name) {
			return true
		}
	}
	return false
}

// Who returns the name under which the log knows the caller; empty if there is none.
func (g Grant) Who() string {
	if g.Name != "" {
		return g.Name
	}
	return g.user
}

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

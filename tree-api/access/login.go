package access

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-kit/log/level"
)

// NeedsToken reports whether there are tokens, and so something to log in with.
func (c *Control) NeedsToken() bool { return c.cfg.Policy().Tokens != nil }

// Login opens a session for the owner of a token and returns its cookie. The error is a
// *RefusalError.
func (c *Control) Login(r *http.Request, secret string) (*http.Cookie, error) {
	if err := c.checkOrigin(r); err != nil {
		return nil, err
	}
	tokens := c.cfg.Policy().Tokens
	if tokens == nil {
		return nil, forbidden("there are no tokens to log in with")
	}
	t, ok := tokens.find(strings.TrimSpace(secret))
	if !ok {
		return nil, c.failed(r, "form")
	}
	level.Info(c.cfg.Logger).Log("msg", "login", "remote", r.RemoteAddr, "token", t.name, "role", t.role)
	return cookie(r, c.sessions.open(t, time.Now()), sessionLifetime), nil
}

// Logout closes the session of a request, if it has one, and returns the cookie that
// removes it from the browser. The error is a *RefusalError.
func (c *Control) Logout(r *http.Request) (*http.Cookie, error) {
	if err := c.checkOrigin(r); err != nil {
		return nil, err
	}
	if secret, ok := sessionOf(r); ok {
		c.sessions.close(secret)
	}
	return cookie(r, "", 0), nil
}

package access

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// Config sets up a Control. The zero value shows everything to this host and nothing to
// any other.
type Config struct {
	// TokenFile is the path of the token file; "" is none. With one, nobody is let in
	// without a token, this host neither.
	TokenFile string
	// FrontRole is the role of every caller that gets here although the server in front
	// asks for a user or a client certificate (--web.config.file): it has authenticated
	// them. None means that the server in front lets everybody through.
	FrontRole Role
	// AllowedOrigins are further origins, as "https://grafana.example", whose pages may
	// read the answers.
	AllowedOrigins []string
	// Logger gets a line for each refused secret; nil is none.
	Logger log.Logger
}

// Control decides who may see what. Safe for concurrent use.
type Control struct {
	cfg     Config
	origins map[string]bool
	// tokens is nil without a token file.
	tokens   atomic.Pointer[tokenSet]
	sessions *sessions
	throttle *throttle
}

// New returns a Control. The error names the token file or the origin that is wrong.
func New(cfg Config) (*Control, error) {
	if cfg.Logger == nil {
		cfg.Logger = log.NewNopLogger()
	}
	origins, err := parseOrigins(cfg.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	c := &Control{cfg: cfg, origins: origins, sessions: newSessions(), throttle: newThrottle()}
	return c, c.Reload()
}

// Reload reads the token file again. After an error the tokens from before stay in force.
// Who came by a token that is gone is refused from now on, sessions included.
func (c *Control) Reload() error {
	if c.cfg.TokenFile == "" {
		return nil
	}
	set, err := readTokens(c.cfg.TokenFile)
	if err != nil {
		return err
	}
	c.tokens.Store(&set)
	return nil
}

// Grant is what a request is allowed.
type Grant struct {
	Role Role
	// Name is whose token it was; empty where nobody had to say who he is.
	Name string
	// token is the hash of the token, by which the grant is renewed; nil without one.
	token *digest
	// session is the secret of the session, empty without one.
	session string
}

// Authorize decides about a request. The error is a *RefusalError.
func (c *Control) Authorize(r *http.Request) (Grant, error) {
	if err := c.checkOrigin(r); err != nil {
		return Grant{}, err
	}
	front := Grant{Role: c.cfg.FrontRole}
	tokens := c.tokens.Load()
	switch {
	case tokens == nil && front.Role != None:
		return front, nil
	case tokens == nil:
		if err := checkLoopback(r); err != nil {
			return Grant{}, err
		}
		return Grant{Role: Operator}, nil
	}
	grant, err := c.authorizeByToken(r, *tokens)
	switch {
	case err != nil:
		return Grant{}, err
	case grant.Role > front.Role:
		return grant, nil
	case front.Role == None:
		return Grant{}, errNeedsToken
	}
	return front, nil
}

var errNeedsToken = &RefusalError{
	Status: http.StatusUnauthorized,
	Reason: "a token is needed: send it as \"Authorization: Bearer TOKEN\", or log in at /login",
}

// authorizeByToken returns an empty grant for a request that brings no secret.
func (c *Control) authorizeByToken(r *http.Request, tokens tokenSet) (Grant, error) {
	if secret, ok := bearer(r); ok {
		t, ok := tokens.find(secret)
		if !ok {
			return Grant{}, c.failed(r, "bearer")
		}
		return t.grant(), nil
	}
	if secret, ok := sessionOf(r); ok {
		if hash, ok := c.sessions.find(secret, time.Now()); ok {
			if t, ok := tokens.findHash(hash); ok {
				grant := t.grant()
				grant.session = secret
				return grant, nil
			}
		}
	}
	return Grant{}, nil
}

func (t token) grant() Grant { return Grant{Role: t.role, Name: t.name, token: &t.hash} }

// bearer returns the secret of an Authorization header (RFC 6750, section 2.1).
func bearer(r *http.Request) (string, bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(secret), ok && strings.EqualFold(scheme, "Bearer")
}

// InSession reports whether a request comes with the cookie of a session that holds, which
// its browser may want to end. A request with a token of its own does not.
func (c *Control) InSession(r *http.Request) bool {
	tokens := c.tokens.Load()
	if tokens == nil {
		return false
	}
	if _, ok := bearer(r); ok {
		return false
	}
	grant, err := c.authorizeByToken(r, *tokens)
	return err == nil && grant.session != ""
}

func sessionOf(r *http.Request) (string, bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return "", false
	}
	return cookie.Value, true
}

// Holds reports whether a grant is still good, for connections that outlive a request:
// its token may have been withdrawn or its role changed, its session closed.
func (c *Control) Holds(g Grant) bool {
	if g.token == nil {
		return true
	}
	tokens := c.tokens.Load()
	if tokens == nil {
		return false
	}
	t, ok := tokens.findHash(*g.token)
	if !ok || t.role != g.Role {
		return false
	}
	if g.session == "" {
		return true
	}
	_, ok = c.sessions.find(g.session, time.Now())
	return ok
}

// failed notes a wrong secret and returns the refusal. It logs no more of it than that it
// was wrong, and nothing while the address is slowed down.
func (c *Control) failed(r *http.Request, way string) error {
	now, from := time.Now(), addressOf(r.RemoteAddr)
	wait := c.throttle.wait(from, now)
	if wait > 0 {
		return slowDown(wait)
	}
	c.throttle.fail(from, now)
	level.Warn(c.cfg.Logger).Log("msg", "wrong token", "remote", r.RemoteAddr, "way", way)
	return &RefusalError{Status: http.StatusUnauthorized, Reason: "the token is not known"}
}

package access

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// Config sets up a Control. The zero value makes viewers of the callers on this host, and
// shows nothing to any other.
type Config struct {
	// Policy returns what holds now: it is asked at each request, so that a reload takes
	// effect at once. Nil is the zero Policy.
	Policy func() Policy
	// Local returns the role of a caller on this host who needs no token, which is what the
	// system shows the account of that caller, and a name for the account. None refuses. Nil
	// is a Viewer for everybody.
	Local func(*http.Request) (role Role, account string)
	// AllowedOrigins are further origins, as "https://grafana.example", whose pages may
	// read the answers.
	AllowedOrigins []string
	// External is the origin at which browsers reach this server through a proxy, as
	// ParseExternal returns it; "" if there is no proxy.
	External string
	// Logger gets a line for each refused secret; nil is none.
	Logger log.Logger
}

// Policy is what the configuration files say about access.
type Policy struct {
	// Tokens are those of the token file; nil is without one. With one, nobody is let in
	// without a token, this host neither.
	Tokens *Tokens
	// FrontRole is the role of every caller that gets here although the server in front
	// asks for a user or a client certificate (--web.config.file): it has authenticated
	// them. None means that the server in front lets everybody through.
	FrontRole Role
	// FrontPasswords is that the server in front checks passwords. Where it only checks
	// certificates, a user name in a request is nothing but a claim.
	FrontPasswords bool
	// Controllers are the users of the server in front who have the role Controller. The
	// server in front must ask for their passwords.
	Controllers map[string]bool
}

// frontRole returns the role of a caller whom the server in front has let through. A client
// certificate never makes a controller: those of scrapers are kept on many hosts.
func (p *Policy) frontRole(user string) Role {
	if p.FrontRole != None && p.FrontPasswords && user != "" && p.Controllers[user] {
		return Controller
	}
	return p.FrontRole
}

// frontGrant returns the grant of a caller whom the server in front has let through; its Role is
// None where that server lets everybody through. It has only names that were verified.
func (p *Policy) frontGrant(r *http.Request) Grant {
	if p.FrontRole == None {
		return Grant{}
	}
	g := Grant{front: true}
	if p.FrontPasswords {
		g.user, _, _ = r.BasicAuth()
	}
	g.Role, g.Caller = p.frontRole(g.user), "user "+g.user
	if g.user == "" && r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		g.certificate = r.TLS.VerifiedChains[0][0].Subject.String()
		g.Caller = "certificate " + g.certificate
	}
	if r.TLS != nil && g.user == "" && g.certificate == "" {
		// The connection is older than the configuration that asks for a certificate.
		return Grant{}
	}
	return g
}

// Control decides who may see what. Safe for concurrent use.
type Control struct {
	cfg      Config
	origins  map[string]bool
	external string
	sessions *sessions
	throttle *throttle
}

// New returns a Control. The error names the origin that is wrong.
func New(cfg Config) (*Control, error) {
	if cfg.Logger == nil {
		cfg.Logger = log.NewNopLogger()
	}
	if cfg.Policy == nil {
		cfg.Policy = func() Policy { return Policy{} }
	}
	if cfg.Local == nil {
		cfg.Local = func(*http.Request) (Role, string) { return Viewer, "" }
	}
	origins, err := parseOrigins(cfg.AllowedOrigins)
	if err != nil {
		return nil, err
	}
	return &Control{cfg: cfg, origins: origins, external: cfg.External, sessions: newSessions(), throttle: newThrottle()}, nil
}

// Grant is what a request is allowed.
type Grant struct {
	Role Role
	// Name is whose token it was; empty where nobody had to say who he is.
	Name string
	// Caller tells callers apart that share what there is.
	Caller string
	// front is set where the server in front let the caller through.
	front bool
	// user is whose password the server in front has checked, certificate the subject of a
	// certificate that it has verified; empty without one.
	user, certificate string
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
	policy := c.cfg.Policy()
	front := policy.frontGrant(r)
	switch {
	case policy.Tokens == nil && front.Role != None:
		return front, nil
	case policy.Tokens == nil && policy.FrontRole != None:
		return Grant{}, errNotVerified
	case policy.Tokens == nil:
		return c.authorizeLocal(r)
	}
	grant, err := c.authorizeByToken(r, policy.Tokens)
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

// authorizeLocal decides about a caller where nobody needs a token.
func (c *Control) authorizeLocal(r *http.Request) (Grant, error) {
	if err := checkLocal(r); err != nil {
		return Grant{}, err
	}
	role, account := c.cfg.Local(r)
	if role == None {
		return Grant{}, forbidden("this host hides the processes of other accounts (hidepid): sign in with a token, or ask as root")
	}
	return Grant{Role: role, Caller: "account " + account}, nil
}

// CheckSite returns a *RefusalError for a request that the page of another site makes, be it
// by its own name for this host (DNS rebinding), and for one that a proxy on this host forwards
// where nobody needs a token. It is for what nobody needs a role.
func (c *Control) CheckSite(r *http.Request) error {
	if err := c.checkOrigin(r); err != nil {
		return err
	}
	if policy := c.cfg.Policy(); policy.Tokens == nil && policy.FrontRole == None && isLocal(r) {
		return checkLocal(r)
	}
	return nil
}

var errNotVerified = forbidden("this connection has shown no client certificate: close it and connect again")

var errNeedsToken = &RefusalError{
	Status: http.StatusUnauthorized,
	Reason: "a token is needed: send it as \"Authorization: Bearer TOKEN\", or log in at /login",
}

// authorizeByToken returns an empty grant for a request that brings no secret.
func (c *Control) authorizeByToken(r *http.Request, tokens *Tokens) (Grant, error) {
	grant, wrong := c.findToken(r, tokens)
	if wrong {
		return Grant{}, c.failed(r, "bearer")
	}
	return grant, nil
}

// findToken returns the grant of the token or the session that a request brings, an empty one if
// there is none. wrong is that it brings a token that is not known.
func (c *Control) findToken(r *http.Request, tokens *Tokens) (g Grant, wrong bool) {
	if secret, ok := bearer(r); ok {
		t, ok := tokens.find(secret)
		if !ok {
			return Grant{}, true
		}
		return t.grant(), false
	}
	if secret, ok := sessionOf(r); ok {
		if hash, ok := c.sessions.find(secret, time.Now()); ok {
			if t, ok := tokens.findHash(hash); ok {
				g = t.grant()
				g.session = secret
			}
		}
	}
	return g, false
}

func (t token) grant() Grant {
	return Grant{Role: t.role, Name: t.name, Caller: "token " + t.name, token: &t.hash}
}

// bearer returns the secret of an Authorization header (RFC 6750, section 2.1).
func bearer(r *http.Request) (string, bool) {
	scheme, secret, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(secret), ok && strings.EqualFold(scheme, "Bearer")
}

// InSession reports whether a request comes with the cookie of a session that holds, which
// its browser may want to end. A request with a token of its own does not.
func (c *Control) InSession(r *http.Request) bool {
	tokens := c.cfg.Policy().Tokens
	if tokens == nil {
		return false
	}
	if _, ok := bearer(r); ok {
		return false
	}
	grant, err := c.authorizeByToken(r, tokens)
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
	policy := c.cfg.Policy()
	if g.token == nil {
		if g.front {
			return policy.frontRole(g.user) >= g.Role
		}
		// It is from this host, where nobody needed a token.
		return policy.FrontRole == None && policy.Tokens == nil
	}
	t, ok := policy.Tokens.findHash(*g.token)
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
// was wrong, and nothing while the address is slowed down. Only wrong secrets are slowed
// down: the right one is 256 random bits, which nobody guesses, and behind a proxy the
// address is that of others too.
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

package access

import (
	"net/http"

	"github.com/go-kit/log"
)

// Config sets up a Control. The zero value shows everything to this host and nothing to
// any other.
type Config struct {
	// TokenFile is the path of the token file; "" is none.
	TokenFile string
	// FrontRole is the role of every caller that gets here although the server in front
	// asks for a user or a client certificate (--web.config.file): it has authenticated
	// them. None means that the server in front lets everybody through.
	FrontRole Role
	// AllowedOrigins are further origins, as "https://grafana.example", whose pages may
	// read the answers.
	AllowedOrigins []string
	// Logger gets one line for each refused login; nil is none.
	Logger log.Logger
}

// Control decides who may see what. Safe for concurrent use.
type Control struct {
	cfg     Config
	origins map[string]bool
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
	return &Control{cfg: cfg, origins: origins}, nil
}

// Grant is what a request is allowed.
type Grant struct {
	Role Role
	// Name is whose token it was; empty where nobody had to say who he is.
	Name string
}

// Authorize decides about a request. The error is a *Refusal.
func (c *Control) Authorize(r *http.Request) (Grant, error) {
	if err := c.checkOrigin(r); err != nil {
		return Grant{}, err
	}
	if c.cfg.FrontRole != None {
		return Grant{Role: c.cfg.FrontRole}, nil
	}
	if err := checkLoopback(r); err != nil {
		return Grant{}, err
	}
	return Grant{Role: Operator}, nil
}

// Refusal says why a request is refused.
type Refusal struct {
	// Status is the HTTP status: 401 where a token would help, else 403, or 429.
	Status int
	Reason string
}

func (e *Refusal) Error() string { return e.Reason }

func forbidden(reason string) *Refusal { return &Refusal{Status: http.StatusForbidden, Reason: reason} }

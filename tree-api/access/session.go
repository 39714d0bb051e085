package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	// cookieName is the cookie of a session.
	cookieName = "proctree_session"
	// sessionLifetime is how long a login holds.
	sessionLifetime = 12 * time.Hour
	// maxSessions bounds the sessions; beyond it the token with the most loses its oldest.
	maxSessions = 1000
)

// sessions are the logins by form. They live in memory: a restart ends them.
type sessions struct {
	mu   sync.Mutex
	byID map[digest]session
}

// session remembers the token by its hash, so that it ends when the token is withdrawn,
// and has the role that the token has now.
type session struct {
	token   digest
	expires time.Time
}

func newSessions() *sessions { return &sessions{byID: map[digest]session{}} }

// open starts a session and returns the secret that stands for it.
func (s *sessions) open(t token, now time.Time) string {
	random := make([]byte, secretBytes)
	rand.Read(random)
	secret := base64.RawURLEncoding.EncodeToString(random)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom(now)
	s.byID[sha256.Sum256([]byte(secret))] = session{token: t.hash, expires: now.Add(sessionLifetime)}
	return secret
}

// makeRoom drops what has expired. If that is not enough, the token with the most sessions
// loses the one that ends first, so that no caller can end the sessions of another.
func (s *sessions) makeRoom(now time.Time) {
	if len(s.byID) < maxSessions {
		return
	}
	count, first := map[digest]int{}, map[digest]digest{}
	var most digest
	for id, session := range s.byID {
		if !now.Before(session.expires) {
			delete(s.byID, id)
			continue
		}
		token := session.token
		if oldest, ok := first[token]; !ok || session.expires.Before(s.byID[oldest].expires) {
			first[token] = id
		}
		if count[token]++; count[token] > count[most] {
			most = token
		}
	}
	if len(s.byID) >= maxSessions {
		delete(s.byID, first[most])
	}
}

// find returns the hash of the token that opened a session. The look-up is by the hash of
// the secret, so that its time tells nothing about other secrets.
func (s *sessions) find(secret string, now time.Time) (digest, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	session, ok := s.byID[sha256.Sum256([]byte(secret))]
	return session.token, ok && now.Before(session.expires)
}

func (s *sessions) close(secret string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, sha256.Sum256([]byte(secret)))
}

// cookie returns the cookie of a session. It has no Path: the browser then takes that of
// the login page, also below a proxy's prefix that is not known here.
func cookie(r *http.Request, secret string, lifetime time.Duration) *http.Cookie {
	maxAge := int(lifetime.Seconds())
	if maxAge <= 0 {
		maxAge = -1
	}
	return &http.Cookie{
		Name:     cookieName,
		Value:    secret,
		MaxAge:   maxAge,
		HttpOnly: true,
		SameSite: http.SameSiteStrictMode,
		// Who claims TLS in a header where there is none only loses his own cookie.
		Secure: r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https"),
	}
}

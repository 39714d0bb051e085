package treeapi

import (
	"net/http"
	"strings"

	"proctree/tree-api/rest"
)

// shared lets the pages of the allowed origins read the answers (Fetch Standard, section
// 3.2). They send a token, never a cookie.
func (a *API) shared(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if origin == "" || !a.cfg.Access.AllowsOrigin(origin) {
			next.ServeHTTP(w, r)
			return
		}
		h := w.Header()
		h.Add("Vary", "Origin")
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", "ETag, Retry-After")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", "GET, HEAD")
			h.Set("Access-Control-Allow-Headers", "Authorization, If-None-Match")
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// contentSecurity lets the page load its own files and talk to its own host, and nothing
// else: no inline script, and no frame but on the allowed origins (Content Security Policy
// Level 3). No text may become markup or a script, but for the address of the page's own
// worker, to which its policy "proctree" vouches (Trusted Types).
func contentSecurity(origins []string) string {
	frames := "'none'"
	if len(origins) > 0 {
		frames = strings.Join(origins, " ")
	}
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; " +
		"require-trusted-types-for 'script'; trusted-types proctree; frame-ancestors " + frames
}

// secured sets the headers that every answer has.
func (a *API) secured(next http.Handler) http.Handler {
	origins := a.cfg.Access.Origins()
	policy := contentSecurity(origins)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: with that, a browser sends the login form with "Origin: null"
		// (Fetch, "append a request Origin header"), which is refused as a foreign one.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Content-Security-Policy", policy)
		if len(origins) == 0 {
			// This header knows no list, and overrules the policy in old browsers.
			h.Set("X-Frame-Options", "DENY")
		}
		if r.Method == http.MethodConnect {
			// ServeMux does not clean the paths of these. Of a path with an empty segment,
			// Request.PathValue then panics.
			rest.WriteFailure(w, rest.WrongMethod(r, "GET, HEAD, POST"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

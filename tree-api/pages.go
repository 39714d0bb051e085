package treeapi

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/go-kit/log/level"

	"proctree/tree-api/access"
	"proctree/tree-api/rest"
	"proctree/tree-api/web"
)

//go:embed pages/*.html pages/pages.css
var pageFiles embed.FS

// pageTemplates escape whatever is put into them.
var pageTemplates = template.Must(template.ParseFS(pageFiles, "pages/*.html"))

// maxFormBytes bounds the body of a form; a token has 52 bytes.
const maxFormBytes = 4096

// pageData is what the templates show.
type pageData struct {
	Version, Metrics string
	// Problem says why somebody is not let in.
	Problem    string
	NeedsToken bool
}

// writePage sends one of the pages without the tree.
func (a *API) writePage(w http.ResponseWriter, status int, name string, problem error) {
	page := pageData{
		Version: a.cfg.Version,
		// Relative, as there may be a proxy that serves all this below a path.
		Metrics:    "." + a.cfg.MetricsPath,
		NeedsToken: a.cfg.Access.NeedsToken(),
	}
	if problem != nil {
		page.Problem = problem.Error()
	}
	var body bytes.Buffer
	if err := pageTemplates.ExecuteTemplate(&body, name, page); err != nil {
		level.Error(a.cfg.Logger).Log("msg", "page failed", "page", name, "err", err)
		http.Error(w, "the page failed; the exporter's log says why", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	w.WriteHeader(status)
	w.Write(body.Bytes())
}

// login shows the form, or takes it.
func (a *API) login(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		if err := a.cfg.Access.CheckSite(r); err != nil {
			a.writePage(w, http.StatusForbidden, "landing.html", err)
			return
		}
		a.writePage(w, http.StatusOK, "login.html", nil)
	case http.MethodPost:
		a.takeLogin(w, r)
	default:
		rest.WriteFailure(w, rest.WrongMethod(r, "GET, HEAD, POST"))
	}
}

func (a *API) takeLogin(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
	// A slow sender must not hold the connection.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(a.cfg.Limits.RequestTimeout))
	if err := r.ParseForm(); err != nil {
		a.writePage(w, http.StatusBadRequest, "login.html", sentence(errors.New("the form could not be read")))
		return
	}
	cookie, err := a.cfg.Access.Login(r, r.PostForm.Get("token"))
	if err != nil {
		f := rest.FailureOf(err)
		f.SetHeaders(w)
		a.writePage(w, f.Status, "login.html", sentence(err))
		return
	}
	http.SetCookie(w, cookie)
	seeOther(w, "./")
}

// logout ends the session and shows the form again.
func (a *API) logout(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		rest.WriteFailure(w, rest.WrongMethod(r, "POST"))
		return
	}
	cookie, err := a.cfg.Access.Logout(r)
	if err != nil {
		rest.WriteFailure(w, rest.FailureOf(err))
		return
	}
	http.SetCookie(w, cookie)
	seeOther(w, "login")
}

// seeOther redirects to a relative address, which http.Redirect would make absolute: with
// a proxy in front, the browser knows another path than this server.
func seeOther(w http.ResponseWriter, to string) {
	w.Header().Set("Location", to)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusSeeOther)
}

// sentence makes a line for a person of a refusal.
func sentence(err error) error {
	text := []byte(err.Error())
	text[0] = upperASCII(text[0])
	return errors.New(string(append(text, '.')))
}

func upperASCII(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - ('a' - 'A')
	}
	return c
}

// index shows the tree to those who may see it, and the others how to open it.
func (a *API) index(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		a.asset(w, r)
		return
	}
	grant, err := a.cfg.Access.Authorize(r)
	if err != nil {
		var refusal *access.RefusalError
		status := http.StatusOK
		switch errors.As(err, &refusal); {
		case refusal == nil:
		case refusal.Foreign:
			status = http.StatusForbidden
		case refusal.Status == http.StatusUnauthorized:
			err = errors.New("it requires a token")
		}
		a.writePage(w, status, "landing.html", err)
		return
	}
	a.page(w, r, grant.Role)
}

// readAssets reads the files of the page, and of the pages for those who may not see it.
func readAssets() (map[string]web.File, error) {
	files, err := web.Files()
	if err != nil {
		return nil, err
	}
	others, err := web.ReadFiles(pageFiles, "pages")
	if err != nil {
		return nil, err
	}
	files["/pages.css"] = others["/pages.css"]
	return files, nil
}

// page is the tree. Its scripts ask for the stream in a moment.
func (a *API) page(w http.ResponseWriter, r *http.Request, role access.Role) {
	if r.Method == http.MethodGet {
		a.streams.ReadAhead(role)
	}
	a.assets["/index.html"].Serve(w, r)
}

// asset is any other file. They hold nothing of the host, so anybody may have them.
func (a *API) asset(w http.ResponseWriter, r *http.Request) {
	f, ok := a.assets[r.URL.Path]
	if !ok {
		unknownPath(w, r)
		return
	}
	f.Serve(w, r)
}

package settings

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Page is the address of the live page of an exporter, as browsers reach it. The zero value is
// none.
type Page struct{ template string }

// The parts of the address that are those of a host: the label instance, and that without its
// port.
const (
	pageInstance = "{instance}"
	pageHost     = "{host}"
)

// plainHost is what may stand in an address as it is. The discovery names the instances: nothing
// of a name may become another part of the address.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9._\[\]:-]+$`)

// portAtEnd is the port of NAME:PORT, ADDRESS:PORT or [ADDRESS]:PORT.
var portAtEnd = regexp.MustCompile(`:[0-9]+$`)

func readPage(text string) (Page, error) {
	if text = strings.TrimSpace(text); text == "" {
		return Page{}, nil
	}
	u, err := url.Parse(strings.NewReplacer(pageInstance, "host", pageHost, "host").Replace(text))
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "", strings.ContainsAny(u.String(), "{}$"), strings.Contains(u.String(), "%7B"):
		return Page{}, fmt.Errorf("pageUrl: must be an address such as https://%s/, with no other braces than %s and %s", pageInstance, pageInstance, pageHost)
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return Page{}, errors.New("pageUrl: must be an address without user, ? and #")
	}
	return Page{template: strings.TrimSuffix(text, "/") + "/"}, nil
}

// Of returns the address of an instance; empty where none is configured, or the name of the
// instance cannot stand in an address.
func (p Page) Of(instance string) string {
	if p.template == "" || !plainHost.MatchString(instance) {
		return ""
	}
	host := portAtEnd.ReplaceAllString(instance, "")
	return strings.NewReplacer(pageInstance, instance, pageHost, host).Replace(p.template)
}

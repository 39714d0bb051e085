package stream

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"proctree/tree-api/rest"
)

// protocolVersion is the one of RFC 6455.
const protocolVersion = "13"

// checkHandshake looks at what RFC 6455, section 4.2.1, wants of a client. The library looks
// too, but its refusals are no JSON, and one has another status than section 4.4 wants.
func checkHandshake(r *http.Request) error {
	switch {
	case r.Method != http.MethodGet:
		return rest.WrongMethod(r, http.MethodGet)
	case !r.ProtoAtLeast(1, 1), !hasToken(r.Header, "Upgrade", "websocket"), !hasToken(r.Header, "Connection", "upgrade"):
		return upgradeRequired(errors.New("this is a WebSocket: ask for an upgrade"))
	}
	if version := r.Header.Values("Sec-WebSocket-Version"); len(version) != 1 || version[0] != protocolVersion {
		return upgradeRequired(fmt.Errorf("the version of WebSocket has to be %s, not %q", protocolVersion, strings.Join(version, ", ")))
	}
	keys := r.Header.Values("Sec-WebSocket-Key")
	if len(keys) == 1 {
		if key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(keys[0])); err == nil && len(key) == 16 {
			return nil
		}
	}
	return &rest.CallError{
		Status: http.StatusBadRequest,
		Kind:   rest.ErrorBadData,
		Err:    errors.New("Sec-WebSocket-Key has to be given once: 16 bytes in base64"),
	}
}

// upgradeRequired tells by headers what is understood (RFC 6455, section 4.4).
func upgradeRequired(err error) *rest.CallError {
	return &rest.CallError{
		Status: http.StatusUpgradeRequired,
		Kind:   rest.ErrorBadData,
		Headers: map[string]string{
			"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": protocolVersion,
		},
		Err: err,
	}
}

// hasToken reports whether a header has a token in its list, in any case.
func hasToken(h http.Header, name, token string) bool {
	for _, line := range h.Values(name) {
		for part := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(part), token) {
				return true
			}
		}
	}
	return false
}

package exposition

import (
	"net"
	"net/http"
	"strconv"
	"strings"
)

// Compresses reports whether the answer to a request is to be compressed. One to this very
// host is not, for there the bytes cost nothing and compressing them does, unless the client
// insists: it refuses what is not compressed (RFC 9110, 12.5.3).
func Compresses(r *http.Request) bool {
	encodings := strings.Join(r.Header.Values("Accept-Encoding"), ",")
	if quality(encodings, "gzip") <= 0 {
		return false
	}
	return !isLoopback(r.RemoteAddr) || quality(encodings, "identity") == 0
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// quality is the weight that a list gives to an encoding. What it does not name has that of
// the asterisk; without one, all but identity, which is always possible, has none.
func quality(list, encoding string) float64 {
	asterisk := 0.0
	if encoding == "identity" {
		asterisk = 1
	}
	for part := range strings.SplitSeq(list, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != encoding && name != "*" {
			continue
		}
		q := 1.0
		if key, value, ok := strings.Cut(strings.TrimSpace(parameters), "="); ok && strings.EqualFold(strings.TrimSpace(key), "q") {
			if q, _ = strconv.ParseFloat(strings.TrimSpace(value), 64); !(q >= 0) {
				q = 0
			}
		}
		if name == encoding {
			return q
		}
		asterisk = q
	}
	return asterisk
}

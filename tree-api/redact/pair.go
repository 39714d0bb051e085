package redact

import (
	"regexp"
	"slices"
	"strings"
)

// maskPair masks what is behind the name of the user in "user:secret".
func maskPair(value, between string) string {
	if between == "" {
		between = ":"
	}
	user, secret, ok := strings.Cut(value, between)
	if !ok || secret == "" || strings.HasPrefix(secret, "//") || isPlaceholder(secret) || isPlaceholder(value) {
		return value
	}
	return user + between + Mask
}

// maskLogin masks the secret in "user/secret@database" and "user/secret". A path is none.
func maskLogin(value string) string {
	login := value
	if name, rest, ok := strings.Cut(value, "="); ok {
		if !strings.EqualFold(name, "userid") {
			return value
		}
		login = rest
	}
	login = strings.TrimLeft(login, `"'`)
	user, rest, ok := strings.Cut(login, "/")
	if !ok || user == "" || rest == "" || strings.ContainsAny(user, "@.:,("+blanks) || isPlaceholder(rest) {
		return value
	}
	secret := rest
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		secret = rest[:at]
	} else if strings.ContainsAny(rest, "/.") {
		return value
	}
	secret, _, _ = strings.Cut(secret, " ")
	start := len(value) - len(login) + len(user) + 1
	return value[:start] + Mask + value[start+len(secret):]
}

// cutPair divides a value at the first of several signs.
func cutPair(value, signs string) (user, secret string, ok bool) {
	i := strings.IndexAny(value, signs)
	if i < 0 {
		return "", "", false
	}
	return value[:i], value[i+1:], true
}

// isPair reports whether a value is "user:secret" where it can hardly be anything else.
func isPair(user, secret string) bool {
	const least = 3
	return user != "" && len(secret) >= least && !isNumber(secret) && !isPath(secret) && !isPlaceholder(secret) &&
		!strings.ContainsAny(user+secret, blanks+"/")
}

// loginAt is "user:secret@host" as a whole argument, as curlftpfs has it.
var loginAt = regexp.MustCompile(`^([\w.+-]+):([^@/\s:]+)@([\w.-]+)(?::\d+)?(?:/\S*)?$`)

// notLogins precede an address that has no secret, and notHosts follow the tag of an image.
var (
	notLogins = []string{"sip", "sips", "mailto", "xmpp", "acct", "im", "npm", "git", "pkg", "docker", "oci"}
	notHosts  = []string{"sha256", "sha384", "sha512"}
)

// maskLoginAt masks the secret in "user:secret@host" if it looks like one.
func maskLoginAt(text string) string {
	if strings.IndexByte(text, '@') < 0 {
		return text
	}
	m := loginAt.FindStringSubmatchIndex(text)
	if m == nil {
		return maskSlashed(text)
	}
	user, secret, host := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]
	if slices.Contains(notLogins, strings.ToLower(user)) || slices.Contains(notHosts, host) || !looksSecret(secret) {
		return text
	}
	return text[:m[4]] + Mask + text[m[5]:]
}

// slashed is "user/secret@host:port", as the tools of Qpid have it. The port tells it from names
// such as host/web01@REALM and actions/checkout@v4.
var slashed = regexp.MustCompile(`^[\w.-]+/([^/@\s:]+)@[\w.-]+:\d+(?:/\S*)?$`)

func maskSlashed(text string) string {
	m := slashed.FindStringSubmatchIndex(text)
	if m == nil || !looksSecret(text[m[2]:m[3]]) {
		return text
	}
	return text[:m[2]] + Mask + text[m[3]:]
}

// passLine is a line of a file of passwords of PostgreSQL: host:port:database:user:secret.
var passLine = regexp.MustCompile(`(?:^|["'\s])[\w.*-]+:(?:\d+|\*):[\w.*-]+:[\w.*-]+:([^\s:"']+)`)

func maskPassLine(text string) string {
	const colons = 4
	if strings.Count(text, ":") < colons {
		return text
	}
	return maskMatches(passLine, text, func(m []int) (start, end int) {
		if looksSecret(text[m[2]:m[3]]) {
			return m[2], m[3]
		}
		return 0, 0
	})
}

// looksPair reports whether a value looks like "user:secret" although it may be something
// else, as "user:group" and "host:port" are.
func looksPair(user, secret string) bool {
	for i := range len(user) {
		if !isWord(user[i]) && strings.IndexByte(`.@\-+`, user[i]) < 0 {
			return false
		}
	}
	return user != "" && looksSecret(secret)
}

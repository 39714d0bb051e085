package redact

import (
	"regexp"
	"strings"
)

// rule masks the first group of every match.
type rule struct {
	// hints are texts in lower case without one of which the pattern cannot match: looking
	// for them is much cheaper.
	hints   []string
	pattern *regexp.Regexp
}

// rules are for any text, in this order.
var rules = []rule{
	{
		[]string{"private key-----"},
		regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(.*?)(?:-----END|$)`),
	},
	{
		// RFC 3986, section 3.2.1; the user may be empty, and a password may hold an @.
		[]string{"://"},
		regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@?#]*:([^/\s?#]+)@`),
	},
	{
		// RFC 9110, section 11.6.2: the scheme stays, its parameters do not.
		[]string{"authorization"},
		regexp.MustCompile(`(?i)authorization["']?\s*[:=]\s*["']?(?:[A-Za-z][\w-]*[ ]+)?([^"'\r\n]+)`),
	},
	{
		[]string{"cookie"},
		regexp.MustCompile(`(?i)\bcookie["']?\s*:\s*["']?([^"'\r\n]+)`),
	},
	{
		[]string{"bearer"},
		regexp.MustCompile(`(?i)\bbearer[ :=]+["']?([A-Za-z0-9._~+/=-]{6,})`),
	},
	{[]string{"eyj"}, regexp.MustCompile(`\b(eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)`)},
	{[]string{"akia", "asia"}, regexp.MustCompile(`\b((?:AKIA|ASIA)[A-Z0-9]{16})\b`)},
	{[]string{"gh"}, regexp.MustCompile(`\b(gh[opsur]_[A-Za-z0-9]{36,})`)},
	{[]string{"github_pat_"}, regexp.MustCompile(`\b(github_pat_\w{22,})`)},
	{[]string{"glpat-"}, regexp.MustCompile(`\b(glpat-[\w-]{20,})`)},
	{[]string{"xox"}, regexp.MustCompile(`\b(xox[abeoprs]-[\w-]{10,})`)},
	{[]string{"sk-", "sk_", "rk_"}, regexp.MustCompile(`\b((?:sk-|sk_live_|sk_test_|rk_live_)[\w-]{20,})`)},
	{[]string{"aiza"}, regexp.MustCompile(`\b(AIza[\w-]{35})`)},
	{[]string{"hvs.", "hvb."}, regexp.MustCompile(`\b(hv[sb]\.[\w-]{20,})`)},
	{[]string{"npm_"}, regexp.MustCompile(`\b(npm_[A-Za-z0-9]{36})`)},
	{[]string{"age-secret-key"}, regexp.MustCompile(`\b(AGE-SECRET-KEY-1[A-Z0-9]{20,})`)},
	{[]string{"glsa_"}, regexp.MustCompile(`\b(glsa_\w{20,})`)},
	{[]string{"proctree_"}, regexp.MustCompile(`\b(proctree_[\w-]{43,})`)},
}

// maskText applies the rules that need not know where in a command line the text stands.
func maskText(text string) string {
	if len(text) < len("pw=x") {
		return text
	}
	text = maskAssignments(text)
	folded := strings.ToLower(text)
	for _, r := range rules {
		for _, hint := range r.hints {
			if strings.Contains(folded, hint) {
				text = maskGroup(r.pattern, text)
				break
			}
		}
	}
	return text
}

// assignment is a name and the sign behind it: NAME=, name: or "name":.
var assignment = regexp.MustCompile(`([A-Za-z][\w.-]*)["']?\s*[=:]\s*`)

// maskAssignments masks the values whose names are those of secrets.
func maskAssignments(text string) string {
	if !strings.ContainsAny(text, "=:") || !mayBeSecret(text) {
		return text
	}
	var out strings.Builder
	done := 0
	for at := 0; at < len(text); {
		m := assignment.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		name, start := at+m[2], at+m[1]
		// The value may itself hold an assignment, so only a secret is passed over whole.
		at = start
		if word := text[name : name+m[3]-m[2]]; isSecretName(word) && !isSwitch(word) {
			value := valueAt(text, name, start)
			at = start + len(value)
			if isSecretValue(word, value) {
				out.WriteString(text[done:start])
				out.WriteString(maskQuoted(value))
				done = at
			}
		}
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// valueAt returns the value that starts there: up to the quote that closes it, or to
// where the next assignment may begin.
func valueAt(text string, name, start int) string {
	rest := text[start:]
	if rest == "" || wholeArgument(text, name, start) {
		return rest
	}
	if quote := rest[0]; quote == '"' || quote == '\'' {
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case quote:
				return rest[:i+1]
			case '\\':
				i++
			}
		}
		return rest
	}
	if end := strings.IndexAny(rest, blanks+",;&|\"')}]"); end >= 0 {
		return rest[:end]
	}
	return rest
}

// wholeArgument reports whether an assignment is the whole text, as --password=X is: then
// a comma or a space belongs to the value.
func wholeArgument(text string, name, value int) bool {
	return strings.Trim(text[:name], "-/") == "" && text[value-1] == '=' && !strings.ContainsAny(text[:value], " ?&,;")
}

// places start values that say where the secret is, or that it is masked already.
var places = []string{Mask, "file:", "env:", "fd:", "stdin", "$", "//"}

// isSecretValue reports whether the value of a secret's name can be one: a place, a
// switch or a single digit is none.
func isSecretValue(name, value string) bool {
	bare := strings.Trim(value, `"'`)
	switch strings.ToLower(bare) {
	case "", "true", "false", "yes", "no", "on", "off", "null", "none":
		return false
	}
	if len(bare) == 1 && bare[0] >= '0' && bare[0] <= '9' {
		return false
	}
	for _, place := range places {
		if strings.HasPrefix(bare, place) {
			return false
		}
	}
	// A key is often given as a path; a password may well begin with a slash.
	return !strings.HasSuffix(strings.ToLower(name), "key") || !strings.HasPrefix(bare, "/")
}

// maskQuoted leaves the quotes around a value.
func maskQuoted(value string) string {
	if len(value) < 2 || value[0] != '"' && value[0] != '\'' {
		return Mask
	}
	quote := value[:1]
	if value[len(value)-1] != value[0] {
		return quote + Mask
	}
	return quote + Mask + quote
}

// maskGroup masks the first group of every match, or all of it if there is no group.
func maskGroup(pattern *regexp.Regexp, text string) string {
	matches := pattern.FindAllStringSubmatchIndex(text, -1)
	if matches == nil {
		return text
	}
	var out strings.Builder
	done := 0
	for _, m := range matches {
		start, end := m[0], m[1]
		if len(m) > 2 {
			start, end = m[2], m[3]
		}
		if start < 0 || start == end {
			continue
		}
		out.WriteString(text[done:start])
		out.WriteString(Mask)
		done = end
	}
	out.WriteString(text[done:])
	return out.String()
}

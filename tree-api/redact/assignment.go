package redact

import (
	"regexp"
	"strings"
)

// assignment is a name and the sign behind it: NAME=, name:, "name": or, in a text that is
// quoted itself, \"name\":.
var assignment = regexp.MustCompile(`([A-Za-z][\w.-]*)\\?["']?\s*[=:]\s*`)

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
	if isQuote(rest[0]) {
		if end := closing(rest, 0); end > 0 {
			return rest[:end+1]
		}
		return rest
	}
	if len(rest) > 1 && rest[0] == '\\' && isQuote(rest[1]) {
		if end := strings.Index(rest[2:], rest[:2]); end >= 0 {
			return rest[:end+4]
		}
	}
	// An assignment that is quoted as a whole, as in "--password=two words".
	if before := strings.TrimRight(text[:name], "-"); before != "" && isQuote(before[len(before)-1]) && !strings.ContainsAny(text[name:start], `"'`) {
		if end := strings.IndexByte(rest, before[len(before)-1]); end >= 0 {
			return rest[:end]
		}
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

// maskQuoted leaves the quotes around a value, and the backslashes before them.
func maskQuoted(value string) string {
	sign := 0
	if value[0] == '\\' && len(value) > 1 {
		sign = 1
	}
	if len(value) < 2 || !isQuote(value[sign]) {
		return Mask
	}
	quote := value[:sign+1]
	if !strings.HasSuffix(value[len(quote):], quote) {
		return quote + Mask
	}
	return quote + Mask + quote
}

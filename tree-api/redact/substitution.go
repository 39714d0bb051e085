package redact

import "strings"

// replacement returns where the replacement is in a substitution of sed or perl: s/…/…/flags,
// with any sign in the place of the slash.
func replacement(text string) (from, to int, ok bool) {
	const shortest = len("s///")
	if len(text) < shortest || text[0] != 's' || strings.IndexByte("/|#,!%~", text[1]) < 0 {
		return 0, 0, false
	}
	second := delimiterAt(text, 2)
	third := delimiterAt(text, second+1)
	if third == len(text) || !isFlags(text[third+1:]) {
		return 0, 0, false
	}
	return second + 1, third, true
}

// delimiterAt returns the index of the next delimiter that no backslash quotes.
func delimiterAt(text string, at int) int {
	for ; at < len(text); at++ {
		switch text[at] {
		case text[1]:
			return at
		case '\\':
			at++
		}
	}
	return len(text)
}

func isFlags(text string) bool { return strings.Trim(text, "egimsxIpw0123456789") == "" }

// substitution masks the two parts of a substitution for themselves, as a value ends with
// its part. A word or an expression in the pattern is what is looked for, and a short one stands for a word.
func (m *masker) substitution(text string, from, to, depth int) string {
	const short = 3
	pattern, with := text[2:from-1], text[from:to]
	if value := valueOf(pattern); looksSecret(value) && !strings.ContainsAny(value, `*[\`) {
		pattern = m.text(pattern, depth)
	}
	if value := valueOf(with); !isPlain(value) || len(value) > short {
		with = m.text(with, depth)
	}
	return text[:2] + pattern + text[from-1:from] + with + text[to:]
}

// valueOf returns what is behind the first sign.
func valueOf(text string) string {
	i := strings.IndexAny(text, "=:")
	return strings.TrimSpace(text[i+1:])
}

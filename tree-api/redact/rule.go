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
	{[]string{"aiza"}, regexp.MustCompile(`\b(AIza[\w-]{35,})`)},
	{[]string{"hvs.", "hvb."}, regexp.MustCompile(`\b(hv[sb]\.[\w-]{20,})`)},
	{[]string{"npm_"}, regexp.MustCompile(`\b(npm_[A-Za-z0-9]{36})`)},
	{[]string{"age-secret-key"}, regexp.MustCompile(`\b(AGE-SECRET-KEY-1[A-Z0-9]{20,})`)},
	{[]string{"glsa_"}, regexp.MustCompile(`\b(glsa_\w{20,})`)},
	{[]string{"proctree_"}, regexp.MustCompile(`\b(proctree_[\w-]{43,})`)},
	{[]string{"xapp-"}, regexp.MustCompile(`\b(xapp-[\w-]{10,})`)},
	{[]string{"sg."}, regexp.MustCompile(`\b(SG\.[\w-]{16,}\.[\w-]{16,})`)},
	{[]string{"dop_v1_"}, regexp.MustCompile(`\b(dop_v1_[0-9a-f]{32,})`)},
	{[]string{"dckr_pat_"}, regexp.MustCompile(`\b(dckr_pat_[\w-]{20,})`)},
	{[]string{"pypi-"}, regexp.MustCompile(`\b(pypi-AgE[\w-]{16,})`)},
	{[]string{"ya29."}, regexp.MustCompile(`\b(ya29\.[\w-]{16,})`)},
	{[]string{"hf_"}, regexp.MustCompile(`\b(hf_[A-Za-z0-9]{30,})`)},
	{[]string{"shp"}, regexp.MustCompile(`\b(shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32,})`)},
	// Addresses that are themselves the secret, or are signed.
	{[]string{"hooks.slack.com"}, regexp.MustCompile(`hooks\.slack\.com/(?:services|workflows|triggers)/([^\s"'?#]+)`)},
	{[]string{"/api/webhooks/"}, regexp.MustCompile(`/api/webhooks/\d+/([\w-]+)`)},
	{[]string{"api.telegram.org"}, regexp.MustCompile(`api\.telegram\.org/bot\d+:([\w-]+)`)},
	{[]string{"sig"}, regexp.MustCompile(`(?i)[?&](?:x-amz-|x-goog-)?sig(?:nature)?=([^&\s"'#]+)`)},
	{[]string{"jdbc:oracle:"}, regexp.MustCompile(`(?i)jdbc:oracle:\w+:[^/@\s]+/([^@\s]+)@`)},
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

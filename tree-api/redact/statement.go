package redact

import (
	"regexp"
	"slices"
	"strings"
)

// statement masks the first group of every match of a pattern.
type statement struct {
	// hints are texts in lower case, without one of which the pattern cannot match: to look
	// for them is much cheaper.
	hints   []string
	pattern *regexp.Regexp
}

// literal is a string of SQL in quotes, or in Transact-SQL's N'…'; the group is what it holds.
const literal = `N?(?:'((?:[^'\\]|''|\\.)*)'|"((?:[^"\\]|\\.)*)")`

// statements are forms of SQL and of other languages in which no sign stands between the
// name and the secret.
var statements = []statement{
	// CREATE USER … IDENTIFIED [WITH plugin] BY|AS 'secret', and Oracle's without quotes.
	{[]string{"identified"}, regexp.MustCompile(`(?i)\bidentified\s+(?:with\s+\S+\s+)?(?:by|as|via\s+\S+\s+using)\s+(?:password\s+)?` + literal)},
	{[]string{"identified"}, regexp.MustCompile(`(?is)\b(?:user|role|to)\b[^;]*?\bidentified\s+by\s+(?:values\s+)?([^\s'";]+)`)},
	// PASSWORD 'secret', PASSWORD = 'secret', PASSWORD('secret'), SECRET 'secret'.
	{[]string{"password", "secret", "passphrase", "requirepass"}, regexp.MustCompile(`(?i)\b(?:password|secret|passphrase|\w+_secret|\w+_password|requirepass)(?:\s+|\s*[=(]\s*)` + literal)},
	{[]string{"set password"}, regexp.MustCompile(`(?i)\bset\s+password\s+for\s+[^=]*=\s*(?:password\s*\(\s*)?` + literal)},
	{[]string{"password from"}, regexp.MustCompile(`(?i)\bpassword\s+from\s+` + literal)},
	{[]string{"password from"}, regexp.MustCompile(`(?i)\bpassword\s+from\s+\S+\s+to\s+` + literal)},
	{[]string{"identified"}, regexp.MustCompile(`(?i)\bidentified\s+by\s+\S+\s+replace\s+["']?([^\s"';]+)`)},
	{[]string{"attach"}, regexp.MustCompile(`(?i)\battach\b[^;]*?\bkey\s+` + literal)},
	{[]string{"convertto-securestring"}, regexp.MustCompile(`(?i)\bconvertto-securestring\s+(?:-asplaintext\s+|-force\s+|-string\s+)*["']([^"']+)`)},
	{[]string{"convertto-securestring"}, regexp.MustCompile(`(?i)\bconvertto-securestring\b[^|;]*?\s-string\s+([^\s"'()$|;-][^\s"'()|;]*)`)},
	{[]string{"pragma"}, regexp.MustCompile(`(?i)\bpragma\s+(?:re)?key\s*=\s*` + literal)},
	// CONNECT TO db USER u USING secret; CONNECT u/secret@db.
	{[]string{" using "}, regexp.MustCompile(`(?i)\bconnect\s+(?:to\s+)?\S+\s+user\s+\S+\s+using\s+([^\s;]+)`)},
	{[]string{"conn"}, regexp.MustCompile(`(?i)\b(?:conn|connect)\s+[\w$#]+/([^\s@;]+)`)},
	{[]string{"sp_"}, regexp.MustCompile(`(?i)\bsp_(?:addlogin|password|setapprole|addlinkedsrvlogin)\b[^;]*,\s*(?:@\w+\s*=\s*)?` + literal)},
	// What a script answers to a question for the password.
	{[]string{"assword", "assphrase"}, regexp.MustCompile(`\b(?:exp_)?send(?:_user|line)?\s*\(?(?:--\s+)?["']([^"'\\]+)`)},
	{[]string{"open "}, regexp.MustCompile(`(?i)\bopen\s+(?:-\w+\s+)*(?:-u|--user)[ =]?["']?[^\s,"']+,([^\s"';]+)`)},
}

// namedValues are forms in which the name of a secret is a value itself: the first group is
// the name, the second one the secret.
var namedValues = []statement{
	{[]string{"alue"}, regexp.MustCompile(`(?i)(?:name|key)\\?["']?\s*[:=]\s*\\?["']?([\w.-]+)\\?["']?\s*,?\s*\\?["']?(?:parameter)?value\\?["']?\s*[:=]\s*\\?["']?([^"'\\\s,}]+)`)},
	{[]string{"</"}, regexp.MustCompile(`<([\w.:-]+)>([^<>]+)</`)},
}

// sent is a word that a script of expect types, with the key that ends it.
var sent = regexp.MustCompile(`\bsend(?:_user)?\s+(?:--?\s+|-s\s+)*["{]?([^\s"'\\{}$\[]+)(?:\\r|\\n|[\r\n])`)

// answers are words that scripts type and that are no secrets.
var answers = []string{
	"yes", "y", "no", "n", "exit", "quit", "q", "logout", "enable", "end", "ls", "pwd", "w", "who", "id", "reboot", "bye", "root", "admin",
	"help", "date", "uptime", "continue", "ok", "save", "commit", "configure", "sync",
}

// maskSent masks the words that a script of expect types: it is mostly there to type a password.
func maskSent(text string) string {
	if !strings.Contains(text, "send") {
		return text
	}
	return maskMatches(sent, text, func(m []int) (start, end int) {
		if slices.Contains(answers, strings.ToLower(text[m[2]:m[3]])) || isNumber(text[m[2]:m[3]]) || isPath(text[m[2]:m[3]]) {
			return 0, 0
		}
		return m[2], m[3]
	})
}

// maskNamedValues masks the values of names that are those of secrets.
func maskNamedValues(text string) string {
	for _, s := range namedValues {
		if !strings.Contains(text, s.hints[0]) {
			continue
		}
		text = maskMatches(s.pattern, text, func(m []int) (start, end int) {
			if name, value := text[m[2]:m[3]], text[m[4]:m[5]]; isSecretName(name) && isSecretValue(name, value) {
				return m[4], m[5]
			}
			return 0, 0
		})
	}
	return text
}

// forms are like statements, for texts with and without blanks.
var forms = []statement{
	{[]string{"private key-----"}, regexp.MustCompile(`(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(.*?)(?:-----END|$)`)},
	{[]string{"wireless."}, regexp.MustCompile(`\bwireless\.\S+\.key=["']?([^\s"']+)`)},
	{[]string{"static:"}, regexp.MustCompile(`\bstatic:[^:\s]+:([^\s"']+)`)},
	{[]string{"password-"}, regexp.MustCompile(`(?i)\bpassword-[\w.-]+@[\w.-]+=([^\s"']+)`)},
	{[]string{"bearer "}, regexp.MustCompile(`(?i)\bbearer[ :=]+["']?([A-Za-z0-9._~+/=-]{6,})`)},
}

// maskForms masks the secrets in SQL, scripts and other forms.
func maskForms(list []statement, text string) string {
	folded := strings.ToLower(text)
	for _, s := range list {
		for _, hint := range s.hints {
			if strings.Contains(folded, hint) {
				text = maskGroup(s.pattern, text)
				break
			}
		}
	}
	return text
}

// maskGroup masks the first group of every match that took part in it, or the whole match if
// the pattern has no group.
func maskGroup(pattern *regexp.Regexp, text string) string {
	return maskMatches(pattern, text, groupOf)
}

// maskMatches masks a part of every match.
func maskMatches(pattern *regexp.Regexp, text string, part func(match []int) (start, end int)) string {
	matches := pattern.FindAllStringSubmatchIndex(text, -1)
	if matches == nil {
		return text
	}
	out := edit{text: text}
	for _, m := range matches {
		start, end := part(m)
		if start == end || isPlaceholder(text[start:end]) {
			continue
		}
		out.replace(start, end, Mask)
	}
	return out.String()
}

// groupOf returns where the first group that matched is.
func groupOf(match []int) (start, end int) {
	if len(match) == 2 {
		return match[0], match[1]
	}
	for i := 2; i < len(match); i += 2 {
		if match[i] >= 0 {
			return match[i], match[i+1]
		}
	}
	return 0, 0
}

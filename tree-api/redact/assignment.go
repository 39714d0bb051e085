package redact

import (
	"slices"
	"strings"
)

// assignment is a name, a sign and a value in a text: NAME=value, name: value,
// "name": "value", \"name\": …, ['name'] => …, name := value.
type assignment struct {
	// start and end enclose the name.
	start, end int
	sign       byte
	// value is where the value begins. spaced says whether blanks precede it.
	value  int
	spaced bool
}

// maxName bounds the length of a name.
const maxName = 128

// assignments masks the values whose names are those of secrets.
func (m *masker) assignments(text string, named bool) string {
	if !named && !mayHoldPair(text) {
		return text
	}
	out := edit{text: text}
	q := quotes{text: text, masker: m}
	lead := len(text) - len(strings.TrimLeft(text, "-/+"))
	at := 0
	for {
		a, ok := nextAssignment(text, at)
		if !ok || m.left < 0 {
			break
		}
		at = a.value
		start, end := a.secret(&q, lead)
		if start < end {
			out.replace(start, end, maskQuoted(text[start:end]))
		}
		at = max(at, end)
	}
	return out.String()
}

// mayHoldPair is a cheap test that most texts fail: whether there may be a parameter of an
// address or a user with a secret, which the names of secrets do not tell.
func mayHoldPair(text string) bool {
	if strings.IndexByte(text, '?') >= 0 || strings.IndexByte(text, '&') >= 0 {
		return true
	}
	return strings.Contains(text, "user") || strings.Contains(text, "USER") || strings.Contains(text, "login") ||
		strings.Contains(text, "data=") || strings.Contains(text, "licen") || strings.Contains(text, "MPD_HOST") || strings.Contains(text, "ignature") || strings.Contains(text, ",p=")
}

// nextAssignment returns the first assignment whose sign is at the index or behind it.
func nextAssignment(text string, from int) (assignment, bool) {
	for at := from; ; {
		i := strings.IndexAny(text[at:], "=:")
		if i < 0 {
			return assignment{}, false
		}
		i += at
		a := assignment{sign: text[i], end: nameEnd(text, from, i), value: signEnd(text, i)}
		a.start = nameStart(text, from, a.end)
		for a.value < len(text) && (text[a.value] == ' ' || text[a.value] == '\t') {
			a.value++
			a.spaced = true
		}
		if a.value+1 < len(text) && isQuote(text[a.value+1]) && strings.IndexByte(stringMarks, text[a.value]) >= 0 {
			a.value++
		}
		if a.start < a.end {
			return a, true
		}
		at = i + 1
	}
}

// stringMarks may precede the quotes of a string: N'…' in SQL, b"…" in Python.
const stringMarks = "NbBrRuUfFL@"

// signEnd returns where the sign ends: =, :, =>, :=, ==.
func signEnd(text string, i int) int {
	for i++; i < len(text) && (text[i] == '=' || text[i] == '>' && text[i-1] == '='); i++ {
	}
	return i
}

// nameEnd returns where the name before a sign ends: before blanks, a bracket, a quote and
// the backslash of a quote that is quoted itself.
func nameEnd(text string, from, end int) int {
	for _, set := range []string{" \t", ")]}", `"'`, `\`} {
		for n := 0; n < 2 && end > from && strings.IndexByte(set, text[end-1]) >= 0; n++ {
			end--
		}
	}
	return end
}

// nameStart returns where the name that ends there begins.
func nameStart(text string, from, end int) int {
	start := end
	for start > from && end-start < maxName && (isWord(text[start-1]) || text[start-1] == '.' || text[start-1] == '-') {
		start--
	}
	for start < end && !isWord(text[start]) {
		start++
	}
	return start
}

// secret returns where the secret in the value begins and ends; the same index if it
// holds none.
func (a assignment) secret(q *quotes, lead int) (start, end int) {
	text, name := q.text, a.name(q.text)
	switch {
	case a.value == len(text), a.isQuoted(text):
		return a.value, a.value
	case hasSuffixFold(name, "authorization"), a.sign == ':' && hasSuffixFold(name, "cookie"):
		return headerValue(text, a.value)
	case isSecretName(name) && !isSwitch(name), a.isSecretData(text, name):
		end = a.valueEnd(q, lead)
		if value := text[a.value:end]; a.holds(text, name, value) {
			return a.value, end
		}
		return end, end
	case a.isQuery(text, name):
		end = a.valueEnd(q, -1)
		value := strings.Trim(text[a.value:end], `"'`)
		if hasSuffixFold(name, "sig") || hasSuffixFold(name, "signature") || looksSecret(value) {
			return a.value, end
		}
	case isLicenceName(name):
		if end = a.valueEnd(q, lead); looksLicence(text[a.value:end]) {
			return a.value, end
		}
	case isKeyName(name) && a.start == lead && lead > 0:
		end = a.valueEnd(q, lead)
		if value := text[a.value:end]; name == "key" && looksGenerated(value) && strings.IndexByte(value, '.') < 0 ||
			name != "key" && (option{kind: random}).mask(name, value) == Mask {
			return a.value, end
		}
	case codeKind(name) != nothing && !isSwitch(name):
		end = a.valueEnd(q, lead)
		if looksCode(strings.Trim(text[a.value:end], `"'`), codeKind(name) == pin) {
			return a.value, end
		}
	case isHookName(name):
		end = a.valueEnd(q, lead)
		value := strings.Trim(text[a.value:end], `"'`)
		if masked := maskHook(value); masked != value {
			return a.value + strings.Index(text[a.value:end], value) + len(masked) - len(Mask), end
		}
	case isPlural(name) && !isSwitch(name):
		end = a.valueEnd(q, lead)
		if value := strings.Trim(text[a.value:end], `"'`); (option{kind: several}).mask(name, value) == Mask {
			return a.value, end
		}
	case hasSuffixFold(name, "salt") && isUpper(name):
		if end = a.valueEnd(q, lead); looksSecret(strings.Trim(text[a.value:end], `"'`)) {
			return a.value, end
		}
	case name == "MPD_HOST":
		if i := strings.LastIndexByte(text[a.value:], '@'); i > 0 {
			return a.value, a.value + i
		}
	case strings.EqualFold(name, "userid"):
		return a.slashed(q)
	case isUserName(name):
		return a.pair(q, isLoginName(name) && a.start == lead && lead > 0)
	case writesSecret(name):
		return a.written(q, lead)
	}
	return a.value, a.value
}

// name returns the name of an assignment. That of a property of Java or Gradle has its option
// before it: -Dname, -Pname.
func (a assignment) name(text string) string {
	name := text[a.start:a.end]
	if a.start == 1 && text[0] == '-' && len(name) > 1 && (name[0] == 'D' || name[0] == 'P') && isLower(name[1]) && !isSecretName(name) {
		return name[1:]
	}
	return name
}

// slashed returns the secret in "user/secret@database" behind userid=.
func (a assignment) slashed(q *quotes) (int, int) {
	end := a.valueEnd(q, -1)
	value := q.text[a.value:end]
	user, rest, ok := strings.Cut(value, "/")
	secret, _, _ := strings.Cut(rest, "@")
	if !ok || user == "" || secret == "" || strings.IndexByte(rest, '/') >= 0 && strings.IndexByte(rest, '@') < 0 {
		return a.value, a.value
	}
	return a.value + len(user) + 1, a.value + len(user) + 1 + len(strings.TrimRight(secret, `"'`))
}

// isQuoted reports whether the name and the sign are a quoted text by themselves, "Password:".
func (a assignment) isQuoted(text string) bool {
	return a.start > 0 && isQuote(text[a.start-1]) && text[a.value] == text[a.start-1] && text[a.end] == a.sign
}

// holds reports whether the value of a secret's name is a secret.
func (a assignment) holds(text, name, value string) bool {
	before := text[:a.start]
	if strings.HasSuffix(before, "-file=") || strings.HasSuffix(before, "checksum/") || a.sign == ':' && a.start > 1 && text[a.start-1] == '/' {
		// A name of a file, and a part of a path.
		return false
	}
	if !isSecretValue(name, value) || a.sign == ':' && (strings.HasPrefix(value, "//") || value[0] == '{') {
		return false
	}
	if (a.spaced || strings.IndexByte(text, ';') >= 0) && isCall(value) {
		return false
	}
	if a.sign != ':' || isQuote(value[0]) || text[a.end] != ':' {
		return true
	}
	inSentence := a.spaced && a.start > 1 && text[a.start-1] == ' ' && isLetter(text[a.start-2])
	if inSentence || !a.spaced && a.start == 0 {
		// Words of a sentence, "fix the token: handle it", and the key of a map, token:bob.
		return looksSecret(value)
	}
	return true
}

// isSecretData reports whether a name is that of the data of a secret object of QEMU or Xpra, or of
// the password in the connections of Percona's tools: h=host,u=user,p=secret.
func (a assignment) isSecretData(text, name string) bool {
	const near = 64
	before := text[max(0, a.start-near):a.start]
	return (name == "data" || name == "value") && (strings.Contains(before, "secret") || strings.Contains(before, "password")) || name == "p" && strings.Contains(before, "u=") && strings.HasSuffix(before, ",")
}

// writers are commands that write what follows them, as in passwordeval="echo secret".
var writers = []string{"echo ", "printf "}

// written returns the secret in a command that writes it.
func (a assignment) written(q *quotes, lead int) (int, int) {
	end := a.valueEnd(q, lead)
	value := q.text[a.value:end]
	for _, writer := range writers {
		if i := strings.Index(value[:min(len(value), maxName)], writer); i >= 0 {
			return a.value + i + len(writer), a.value + len(strings.TrimRight(value, `"'`))
		}
	}
	return end, end
}

// headerValue returns the value of an HTTP header that ends with the line or the quotes. The
// scheme of RFC 9110, section 11.6.2, is not a part of the secret.
func headerValue(text string, start int) (int, int) {
	for start < len(text) && isQuote(text[start]) {
		start++
	}
	end := len(text)
	if i := strings.IndexAny(text[start:], "\"'\\\r\n"); i >= 0 {
		end = start + i
	}
	if scheme, rest, ok := strings.Cut(text[start:end], " "); ok && isPlainScheme(scheme) && rest != "" {
		start += len(scheme) + 1
	}
	if start < end && isPlaceholder(text[start:end]) {
		return end, end
	}
	return start, end
}

func isPlainScheme(word string) bool {
	for i := range len(word) {
		if !isWord(word[i]) && word[i] != '-' {
			return false
		}
	}
	return word != ""
}

// queryNames are the parameters of addresses that are secrets although options with that
// name often are none, if the value looks like one.
var queryNames = []string{"key", "auth", "sig", "signature", "code", "session", "sessionid", "sid", "ticket", "hash", "k", "appid", "assertion", "samlresponse", "magic", "invite", "sign"}

// isQuery reports whether an assignment is a parameter of an address that may be a secret,
// or a member "auth" of an object.
func (a assignment) isQuery(text, name string) bool {
	folded := strings.ToLower(name)
	if a.start > 0 && (text[a.start-1] == '?' || text[a.start-1] == '&') {
		folded = strings.TrimPrefix(strings.TrimPrefix(folded, "x-amz-"), "x-goog-")
		if slices.Contains(queryNames, folded) {
			return true
		}
	}
	if a.sign == ':' && a.spaced && a.end > a.start {
		for _, ending := range headerEndings {
			if strings.HasSuffix(folded, ending) {
				return true
			}
		}
	}
	return folded == "auth" && a.sign == ':'
}

// headerEndings are those of headers of HTTP whose value may be a secret.
var headerEndings = []string{"-auth", "authentication", "-session", "session-id", "sessionid", "-signature", "-signature-256", "-access-key-id"}

// userNames are the names of values that may be "user:secret".
var userNames = []string{"user", "username", "auth", "login", "creds", "userpwd", "userpass", "up"}

func isUserName(name string) bool {
	end := len(name)
	start := end
	for start > 0 && isWord(name[start-1]) && name[start-1] != '_' {
		start--
	}
	for _, user := range userNames {
		if len(name)-start == len(user) && hasPrefixFold(name[start:], user) {
			return true
		}
	}
	return false
}

// isLoginName reports whether the value of a name is certainly that of a user with a secret,
// where it is a pair at all.
func isLoginName(name string) bool {
	folded := strings.ToLower(name)
	return strings.HasSuffix(folded, "auth") || strings.HasSuffix(folded, "userpwd") || strings.HasSuffix(folded, "userpass")
}

// pair returns the secret in a value that is "user:secret" or, as for Samba, "user%secret".
func (a assignment) pair(q *quotes, certain bool) (int, int) {
	end := a.valueEnd(q, -1)
	value := q.text[a.value:end]
	trimmed := strings.TrimRight(value, `"'`)
	if user, secret, ok := cutPair(trimmed, ":%"); ok && (looksPair(user, secret) || certain && isPair(user, secret)) {
		return a.value + len(user) + 1, a.value + len(trimmed)
	}
	if certain && (looksGenerated(trimmed) || looksStrong(trimmed) && !hasPrefixFold(trimmed, "oauth")) {
		return a.value, a.value + len(trimmed)
	}
	return a.value, a.value
}

// valueEnd returns where the value ends: at the quote that closes it, or where the next
// assignment begins. lead is where a name begins that makes the whole text one assignment.
func (a assignment) valueEnd(q *quotes, lead int) int {
	text, start := q.text, a.value
	first := text[start]
	switch {
	case a.start == lead && a.sign == '=' && !a.spaced:
		// As --password=X is: then a comma or a blank belongs to the value.
		return len(text)
	case isQuote(first):
		if end := q.closing(start); end > 0 {
			return end + 1
		}
		return len(text)
	case first == '\\' && start+1 < len(text) && isQuote(text[start+1]):
		if end := strings.Index(text[start+2:], text[start:start+2]); end >= 0 {
			return start + end + 4
		}
		q.spend(len(text) - start)
	case first == '{' && a.sign == '=':
		// ODBC: a value in braces may hold any sign.
		if end := strings.IndexByte(text[start:min(len(text), start+maxName)], '}'); end >= 0 {
			return start + end + 1
		}
	}
	if end, ok := a.enclosed(text); ok {
		return end
	}
	separator := byte(0)
	if a.start > 0 {
		separator = text[a.start-1]
	}
	return q.plainEnd(start, plainKind{a.sign == '=', separator})
}

// enclosed returns the end of an assignment that is quoted as a whole: "--password=two words".
func (a assignment) enclosed(text string) (int, bool) {
	before := a.start
	for before > 0 && a.start-before < 3 && text[before-1] == '-' {
		before--
	}
	if before == 0 || !isQuote(text[before-1]) || a.sign != '=' || isQuote(text[a.end]) {
		return 0, false
	}
	end := strings.IndexByte(text[a.value:], text[before-1])
	return a.value + end, end >= 0
}

// plainEnd returns the end of a value without quotes. Behind an equals sign, a comma or a
// semicolon may be a part of the value, unless it also precedes the name, or a blank or
// another assignment follows it.
func (q *quotes) plainEnd(start int, kind plainKind) int {
	if kind == q.kind && start >= q.from && start < q.to {
		return q.to
	}
	end := plainEnd(q.text, start, kind)
	q.spend(end - start)
	q.kind, q.from, q.to = kind, start, end
	return end
}

// plainKind is what decides where a value without quotes ends.
type plainKind struct {
	equals    bool
	separator byte
}

func plainEnd(text string, start int, kind plainKind) int {
	for i := start; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\r', '\n', '"', '\'', ')', '}', ']', '|', '&', '<', '>', '`', '\\':
			return i
		case ',', ';':
			if !kind.equals || c == kind.separator || i == len(text)-1 || strings.IndexByte(blanks, text[i+1]) >= 0 || beginsAssignment(text[i+1:]) {
				return i
			}
		}
	}
	return len(text)
}

// beginsAssignment reports whether a text begins with a name and an equals sign.
func beginsAssignment(text string) bool {
	for i := range min(len(text), maxName) {
		switch c := text[i]; {
		case c == '=':
			return i > 0
		case !isWord(c) && c != '.' && c != '-' && c != ' ':
			return false
		}
	}
	return false
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

func hasSuffixFold(text, suffix string) bool {
	return len(text) >= len(suffix) && hasPrefixFold(text[len(text)-len(suffix):], suffix)
}

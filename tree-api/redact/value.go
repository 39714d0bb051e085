package redact

import (
	"regexp"
	"slices"
	"strings"
)

// placeholders are the beginnings of values that say where the secret is, or that it is masked.
var placeholders = []string{
	Mask, "file:", "env:", "fd:", "stdin", "@/", "@./", "{{", "${", "$(", "`", "arn:", "%{", "id=", "type=", "src=", "source=",
	"Get-", "Read-Host", "New-Object", "ConvertTo-SecureString", "os.", "process.env", "getpass", "System.getenv", "ENV[",
}

// isPlaceholder reports whether a value only says where the secret is.
func isPlaceholder(value string) bool {
	bare := strings.Trim(value, `"'`)
	// Asterisks and exclamation marks ask for a password, or say that there is none (shadow(5)).
	if bare == "" || bare == "-" || bare != Mask && strings.Trim(bare, "*!") == "" {
		return true
	}
	for _, placeholder := range placeholders {
		if strings.HasPrefix(bare, placeholder) {
			return true
		}
	}
	if bare == "PROMPT" { // pdftk asks for it.
		return true
	}
	if len(bare) > 1 && bare[0] == '$' && !isHash(bare) {
		// A variable of a shell. Hashes of passwords, as in crypt(5), have a digit here.
		return isLetter(bare[1]) || bare[1] == '_' || len(bare) == len("$1")
	}
	// A variable of cmd.exe, and a text that asks for a value.
	last := len(bare) - 1
	return last > 1 && (bare[0] == '%' && bare[last] == '%' || bare[0] == '<' && bare[last] == '>')
}

// hashed is a password as crypt(5) and PHC strings have it.
var hashed = regexp.MustCompile(`\$(?:[1567]|2[abxy]?|y|gy|sm3|sm3y|md5|apr1|sha1|scrypt|bcrypt-sha256|argon2(?:i|d|id)|pbkdf2(?:-sha(?:1|256|512))?)\$[^\s"'$:]+(?:\$[^\s"'$:]*)*`)

// stored is a password as directories, mail servers, Django and PostgreSQL store it.
var stored = regexp.MustCompile(`(?:\{(?:S?SHA(?:256|384|512)?|S?MD5|CRYPT|PLAIN|CLEARTEXT|PBKDF2[\w-]*|ARGON2I?D?|BLF-CRYPT|(?:SHA|SSHA)\d+-CRYPT|CRAM-MD5)\}|\b(?:pbkdf2_sha\d+|argon2|bcrypt_sha256|SCRAM-SHA-\d+)\$)[^\s"'{}]{4,}`)

// minHash is how long a hash is at least, so that "$1$2" is none.
const minHash = 16

// isHash reports whether a value is the hash of a password, and no variable.
func isHash(value string) bool {
	return len(value) >= minHash && hashed.FindString(value) == value
}

// maskHashes masks the hashes of passwords, wherever they stand.
func maskHashes(text string) string {
	text = stored.ReplaceAllString(text, Mask)
	return hashed.ReplaceAllStringFunc(text, func(found string) string {
		if len(found) < minHash {
			return found
		}
		return Mask
	})
}

// notSecrets are values that switch something, or stand for none.
var notSecrets = []string{
	"", "true", "false", "yes", "no", "on", "off", "null", "nil", "none", "undefined", "unknown", "auto", "prompt", "required",
	"optional", "default", "redacted", "masked", "filtered", "hidden", "removed", "xxx", "xxxx", "xxxxx", "xxxxxx", "xxxxxxxx", "...", "=", "=>", "==", ":=",
}

// isSecretValue reports whether the value of a secret's name can be a secret: a placeholder, a
// switch or a single digit is none.
func isSecretValue(name, value string) bool {
	bare := strings.Trim(value, `"'`)
	for _, word := range notSecrets {
		if strings.EqualFold(bare, word) {
			return false
		}
	}
	if len(bare) == 1 && isDigit(bare[0]) || isPlaceholder(bare) || bare[0] == '[' || hasSuffixFold(name, "auth") && isPlain(bare) {
		return false
	}
	// Keys, credentials and cookies are often given as a path; a password may well begin
	// with a slash.
	const keyDigits = 8 // Fewer are the size or the number of a key.
	return !mayBeFile(name) || len(bare) > 1 && !isPath(bare) && !isRelative(bare) && !isKeyID(bare) && (len(bare) >= keyDigits || !isNumber(bare))
}

// mayBeFile reports whether the values of such a name are often files.
func mayBeFile(name string) bool {
	if slices.Contains(workingDirectories, name) {
		return true
	}
	folded := strings.ToLower(name)
	for _, ending := range []string{"key", "cred", "creds", "credential", "credentials", "cookie", "secret", "jwt"} {
		if strings.HasSuffix(folded, ending) {
			return true
		}
	}
	return false
}

// fileEndings are those of files that hold keys and credentials.
var fileEndings = []string{
	".pem", ".key", ".crt", ".cer", ".pub", ".json", ".yml", ".yaml", ".txt", ".jks", ".p12", ".pfx", ".p8", ".ini", ".conf",
	".cfg", ".cnf", ".toml", ".gpg", ".asc", ".jwt", ".env", ".properties", ".secret",
}

// isPath reports whether a value is the path of a file.
func isPath(value string) bool {
	for _, start := range []string{"/", "./", "../", "~/", `\\`} {
		if strings.HasPrefix(value, start) {
			return true
		}
	}
	if len(value) > 2 && isLetter(value[0]) && value[1] == ':' && (value[2] == '\\' || value[2] == '/') {
		return true
	}
	for _, ending := range fileEndings {
		if strings.HasSuffix(value, ending) {
			return true
		}
	}
	return false
}

// isOption reports whether an argument after the option of a secret is another option. The
// value of an option may begin with a dash, but rarely looks like a word behind one or two.
func isOption(arg string) bool {
	name := strings.TrimLeft(arg, "-")
	dashes := len(arg) - len(name)
	switch {
	case dashes == 0:
		return false
	case dashes > 2 || name == "":
		return dashes <= 2
	case len(name) == 1:
		return !isDigit(name[0])
	}
	name, _, _ = strings.Cut(name, "=")
	if len(name) == 1 && dashes == 1 {
		return true
	}
	return isOptionWord(name) && (dashes > 1 || !hasInnerDigits(name))
}

// hasInnerDigits reports whether digits stand between letters at two places at least, without a
// separator, as in s3cr3t. The name of a short option seldom has more than one: x509, sha256sum.
func hasInnerDigits(name string) bool {
	places := 0
	for i := 2; i < len(name); i++ {
		if isLetter(name[i]) && isDigit(name[i-1]) && strings.ContainsFunc(name[:i-1], func(r rune) bool { return r < 0x80 && isLetter(byte(r)) }) {
			places++
		}
	}
	return places > 1 && !strings.ContainsAny(name, "-_.:")
}

// isOptionWord reports whether a name is made of words in small letters, or is in camel case.
func isOptionWord(name string) bool {
	small := false
	for i := range len(name) {
		c := name[i]
		switch {
		case isLower(c):
			small = true
		case isUpperLetter(c) || strings.IndexByte("-_.:", c) >= 0:
			if !small {
				return false
			}
			small = false
		case isDigit(c):
			if i == 0 {
				return false
			}
		default:
			return false
		}
	}
	return name != "" && (small || isDigit(name[len(name)-1]))
}

// isPlain reports whether a text is an ordinary word, or several with dots and dashes between
// them: letters only, all of them small or all of them capital but for the first.
func isPlain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !isLower(c) && c < 0x80 && strings.IndexByte("-_.'", c) < 0 && (i > 0 || !isUpperLetter(c)) {
			return text == strings.ToUpper(text) && !strings.ContainsAny(text, "0123456789!#$%&*+,./:;=?@^|~")
		}
	}
	return true
}

// isNumber reports whether a text is a number, a list or range of numbers, or ports.
func isNumber(text string) bool {
	for i := range len(text) {
		if !isDigit(text[i]) && strings.IndexByte(".,:-%/", text[i]) < 0 {
			return false
		}
	}
	return true
}

// looksSecret reports whether a text looks like a secret although its name does not say so.
func looksSecret(text string) bool {
	text = strings.TrimRight(text, ",;.:!?)")
	return len(text) > 3 && text[0] != '(' && !isPlain(text) && !isNumber(text) && !isPath(text) && !isPlaceholder(text) &&
		!strings.ContainsAny(text, blanks+`{}<>`) && !isRelative(text)
}

// saysSecret reports whether a plain word is one that people take for a password.
func saysSecret(text string) bool {
	return strings.Contains(text, "password") || strings.Contains(text, "secret") || text == "changeme" || text == "admin" || text == "guest"
}

// isCall reports whether a value is a call of a function: getpass(…).
func isCall(value string) bool {
	i := strings.IndexByte(value, '(')
	for j := range max(i, 0) {
		if !isWord(value[j]) && value[j] != '.' && value[j] != ':' {
			return false
		}
	}
	return i > 0
}

// isRelative reports whether a text looks like a path that begins with the name of a folder.
func isRelative(text string) bool {
	return strings.Contains(text, "/") && !strings.ContainsAny(text, "+=") && text == strings.ToLower(text)
}

// looksRandom reports whether a text looks like one that a program generated.
func looksRandom(text string) bool {
	if len(text) < 16 {
		return false
	}
	digits, letters := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case isLetter(c):
			letters++
		case c != '-' && c != '_' && c != '=' && c != '~' && c != '.':
			return false
		}
	}
	return digits > 0 && letters > 0
}

// looksGenerated reports whether a part of a text, between dashes, dots and underscores, changes
// so often between letters and digits that a program generated it.
func looksGenerated(text string) bool {
	const long, changes = 8, 3
	if strings.HasPrefix(text, "0x") {
		return false
	}
	length, changed := 0, 0
	for i := range len(text) {
		c := text[i]
		switch {
		case isLetter(c) || isDigit(c):
			if length > 0 && isDigit(c) != isDigit(text[i-1]) {
				changed++
			}
			length++
		case strings.IndexByte("-_.=~+", c) >= 0:
			length, changed = 0, 0
		default:
			return false
		}
		if length >= long && changed >= changes {
			return true
		}
	}
	return false
}

// looksStrong reports whether a text has the form that rules for passwords ask for: small and
// capital letters and digits, or one of ! # $ inside, in one piece.
func looksStrong(text string) bool {
	const least, longest = 5, 64
	small, capital, digits, sign := false, false, false, false
	for i := range len(text) {
		switch c := text[i]; {
		case isLower(c):
			small = true
		case isUpperLetter(c):
			capital = true
		case isDigit(c):
			digits = true
		case i > 0 && strings.IndexByte("!#$", c) >= 0:
			sign = true
		case strings.IndexByte("@&%^+?*", c) < 0:
			return false
		}
	}
	return len(text) >= least && len(text) <= longest && (small && capital && digits || sign && small && (capital || digits))
}

// isKeyID reports whether a text has the form of the number of a key of OpenPGP.
func isKeyID(text string) bool {
	text = strings.TrimPrefix(text, "0x")
	if len(text) != 8 && len(text) != 16 && len(text) != 40 {
		return false
	}
	return strings.Trim(text, "0123456789ABCDEF") == "" && strings.ContainsAny(text, "ABCDEF")
}

// isUUID reports whether a text has the form of a UUID (RFC 9562, section 4).
func isUUID(text string) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(text) != len(form) {
		return false
	}
	for i := range len(form) {
		if form[i] == '-' && text[i] != '-' || form[i] == 'x' && !isLetter(text[i]) && !isDigit(text[i]) {
			return false
		}
	}
	return true
}

// isObjectName reports whether a text has the form of the name of an object of Kubernetes.
func isObjectName(text string) bool {
	for i := range len(text) {
		if c := text[i]; !isLower(c) && !isDigit(c) && strings.IndexByte("-./,", c) < 0 {
			return false
		}
	}
	return true
}

// looksCode reports whether a text looks like a PIN or another short code. A pin has only digits: it
// may also be that of a device (GPIO17) or the version of a package.
func looksCode(text string, pin bool) bool {
	const least, long = 4, 6
	if rest, ok := strings.CutPrefix(text, "PIN"); ok { // The PIN of a card: "PIN1,1234".
		if _, last, ok := strings.Cut(rest, ","); ok {
			text = last
		}
	}
	digits := 0
	for i := range len(text) {
		switch c := text[i]; {
		case isDigit(c):
			digits++
		case c != '-' && c != ' ':
			digits = -len(text)
		}
	}
	if digits >= least {
		return true
	}
	return !pin && len(text) >= long && looksSecret(text)
}

// isWordList reports whether a text is the seed of a wallet as words (BIP 39).
func isWordList(text string) bool {
	const shortest, longest = 3, 8
	words := 0
	for word := range strings.FieldsSeq(text) {
		for i := range len(word) {
			if !isLower(word[i]) {
				return false
			}
		}
		if words++; len(word) < shortest || len(word) > longest || words > 24 {
			return false
		}
	}
	return words >= 12 && words%3 == 0
}

// looksLicence reports whether a text looks like the key of a licence, and not like its name,
// as "Apache-2.0" and "LGPLv2plus" do.
func looksLicence(text string) bool {
	const least = 8
	digits := 0
	for i := range len(text) {
		c := text[i]
		if isDigit(c) {
			digits++
		}
		if !isWord(c) && c != '-' && c != '=' {
			return false
		}
	}
	return len(text) >= least && digits > 1 && digits < len(text) && (text == strings.ToUpper(text) || looksRandom(text))
}

func isDigit(c byte) bool       { return c >= '0' && c <= '9' }
func isLower(c byte) bool       { return c >= 'a' && c <= 'z' }
func isUpperLetter(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLetter(c byte) bool      { return isLower(c) || isUpperLetter(c) }
func isWord(c byte) bool        { return isLetter(c) || isDigit(c) || c == '_' }

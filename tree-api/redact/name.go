package redact

import (
	"slices"
	"strings"
	"unicode"
)

// secretEndings: a name that ends so is that of a secret, whatever comes before.
var secretEndings = []string{
	"password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey", "secretkey", "authkey",
	"credential", "credentials", "cookie", "storepass", "keypass", "dbpass", "userpass", "adminpass", "rootpass",
	"requirepass", "masterauth",
}

// secretWords are secrets only as a word of their own: compass and bypass are none.
var secretWords = []string{"pass", "pwd", "pw", "pat", "passin", "passout", "creds", "jwt", "bearer"}

// keyKinds: a key of such a kind is a secret, a key alone mostly a path or a sort of map.
var keyKinds = []string{
	"api", "access", "secret", "private", "auth", "encryption", "signing", "signature", "master", "license", "account",
	"shared", "storage", "session", "app", "application", "deploy", "service", "subscription", "host",
}

// switchWords start the names of switches, which take no value: --no-password. Or they
// say that the value is a number: --max-token.
var switchWords = []string{
	"no", "ask", "prompt", "require", "show", "hide", "with", "without", "enable", "disable", "use", "allow", "reset",
	"change", "read", "print", "max", "min", "num", "get", "list", "skip", "stdin",
}

// workingDirectories are variables that only look like passwords.
var workingDirectories = []string{"PWD", "OLDPWD"}

// isSecretName reports whether the value that goes by a name is a secret. What matters is
// how it ends: a password-file is none.
func isSecretName(name string) bool {
	if slices.Contains(workingDirectories, name) {
		return false
	}
	if !mayBeSecret(name) {
		return false
	}
	words := splitName(name)
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	if slices.ContainsFunc(secretEndings, func(ending string) bool { return strings.HasSuffix(last, ending) }) ||
		slices.Contains(secretWords, last) {
		return true
	}
	if last != "key" || len(words) < 2 || words[len(words)-2] == "public" {
		return false
	}
	// Variables of the environment hold keys themselves, options mostly paths of them.
	return isUpper(name) || slices.Contains(keyKinds, words[len(words)-2])
}

// stems: every name of a secret holds one of them. Their first three letters tell them.
var stems = []string{"pas", "pwd", "pat", "sec", "tok", "key", "cre", "coo", "mas", "jwt", "bea"}

// mayBeSecret is a cheap test that most texts fail.
func mayBeSecret(text string) bool {
	for i := range len(text) - 1 {
		first, second := text[i]|0x20, text[i+1]|0x20
		if first == 'p' && second == 'w' {
			return true
		}
		for _, stem := range stems {
			if first == stem[0] && second == stem[1] && i+2 < len(text) && text[i+2]|0x20 == stem[2] {
				return true
			}
		}
	}
	return false
}

// isSwitch reports whether an option with that name takes no value.
func isSwitch(name string) bool {
	words := splitName(name)
	return len(words) > 1 && slices.Contains(switchWords, words[0])
}

// splitName splits at everything but letters and digits and before capitals that follow
// small letters, and returns the words in lower case.
func splitName(name string) []string {
	var words []string
	start, small := -1, false
	flush := func(end int) {
		if start >= 0 {
			words = append(words, strings.ToLower(name[start:end]))
		}
		start = -1
	}
	for i, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		if !letter || unicode.IsUpper(r) && small {
			flush(i)
		}
		if letter && start < 0 {
			start = i
		}
		small = unicode.IsLower(r)
	}
	flush(len(name))
	return words
}

// isUpper reports whether a name is that of an environment variable by custom.
func isUpper(name string) bool { return name == strings.ToUpper(name) && name != strings.ToLower(name) }

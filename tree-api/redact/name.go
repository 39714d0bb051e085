package redact

import (
	"slices"
	"strings"
	"unicode"
)

// secretEndings: a name is that of a secret if its last word ends in one of them.
var secretEndings = []string{
	"password", "passwords", "passwd", "passphrase", "passcode", "secret", "token", "pass", "pwd", "pw", "psk", "cred",
	"creds", "credential", "credentials", "cookie", "apikey", "apikeys", "accesskey", "secretkey", "authkey", "masterkey",
	"signingkey", "encryptionkey", "sharedkey", "presharedkey", "licensekey", "activationkey", "accountkey", "appkey",
	"masterauth", "passwort", "kennwort", "wachtwoord", "senha", "pushkey", "passkey", "privkey", "privatekey", "pswd", "passw",
	"mnemonic", "userkey", "securitykey", "networkkey", "nwkskey", "appskey",
}

// notSecretEndings are words that end like a secret and are none.
var notSecretEndings = []string{
	"bypass", "compass", "surpass", "trespass", "overpass", "underpass", "encompass", "askpass", "multipass",
}

// secretWords are secrets as a word of their own.
var secretWords = []string{"pat", "sas", "passin", "passout", "jwt", "bearer", "hmac", "community"}

// secretNames are names that say so only as a whole.
var secretNames = []string{
	"_auth", "sonar.login", "rpc-auth", "proxy-auth", "proxyauth", "auth-string", "smtp_auth", "redis_auth", "http_auth", "basic_auth", "basicauth", "art-api", "basic_authorization", "basic-authorization",
	"seed-phrase", "seed_phrase", "seedphrase", "recovery-phrase", "recovery_phrase", "seed-words", "electrum-seed", "recovery-words",
}

// keyKinds: a key of such a kind is a secret. A key of another kind is mostly a path or the
// key of a map.
var keyKinds = []string{
	"api", "access", "secret", "private", "auth", "authentication", "encryption", "encrypt", "decryption", "decrypt",
	"cipher", "crypt", "crypto", "signing", "signature", "sign", "master", "license", "licence", "product", "serial",
	"activation", "account", "shared", "preshared", "storage", "session", "app", "application", "deploy", "service",
	"subscription", "registration", "host", "hmac", "hash", "unseal", "root", "admin", "write", "read", "ingest",
	"ingestion", "integration", "instrumentation", "consumer", "webhook", "tsig", "erlang", "fernet", "jwt", "vault",
	"transport", "psk", "user", "agent", "function", "functions", "certificate", "register", "enrollment", "join", "setup", "rndc", "wrapping", "recovery", "wallet", "wep", "wpa", "wifi", "network", "pairing",
	"stream", "aes", "md5", "priv", "nwk", "management", "signer", "validator", "claim", "provisioning", "enroll", "sec", "cookie",
}

// notSecretKinds: the word before the last one says that it is not a secret, but its name, a
// position in a list, a sort of word of a language model, or a pass of an encoder.
var notSecretKinds = []string{
	"existing", "public", "cluster", "pull", "page", "next", "start", "starting", "continue", "continuation",
	"idempotency", "request", "pad", "eos", "bos", "unk", "sep", "cls", "special", "stop", "image", "per", "max", "min",
	"num", "one", "two", "multi", "single", "first", "second", "last", "low", "high", "band", "by", "all", "ignore",
	"remove", "missing",
}

// objectNames are names whose value is the name of an object of Kubernetes or QEMU, which
// holds the secret: tls-creds=tls0.
var objectNames = []string{"user.signingkey", "tls-creds", "key-secret", "password-secret", "tls-secret", "tlssecret", "tls.secret", "secret_id", "secret-id", "secretid"}

// trailingWords may follow the word that counts: --secret-value, SECRET_KEY_BASE.
var trailingWords = []string{"value", "code", "string", "text", "plain", "plaintext", "literal", "base", "base64", "b64", "hex", "raw", "data"}

// switchWords start the names of switches, which take no value: --no-password. Or they
// say that the value is a number: --max-token.
var switchWords = []string{
	"no", "ask", "prompt", "require", "show", "hide", "with", "without", "enable", "disable", "use", "allow", "reset",
	"change", "read", "print", "max", "min", "num", "get", "list", "skip", "stdin", "has", "is", "need", "force", "forgot",
	"update", "rotate", "generate", "revoke", "create", "delete", "validate", "check", "verify", "supports", "export", "import", "armor",
}

// workingDirectories are variables that only look like passwords, if they hold a path.
var workingDirectories = []string{"PWD", "OLDPWD"}

// isSecretName reports whether the value that has a name is a secret. The last word of the
// name decides: a password-file is none.
func isSecretName(name string) bool {
	if !mayBeSecret(name) {
		return false
	}
	if strings.Contains(name, "account.key.") {
		// Hadoop names the account behind it: fs.azure.account.key.NAME.
		return true
	}
	if slices.ContainsFunc(secretNames, func(ending string) bool { return hasSuffixFold(name, ending) }) {
		return true
	}
	words := trimWords(splitName(name))
	if len(words) == 0 {
		return false
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	if slices.Contains(notSecretKinds, before) && !isPassword(last) {
		return false
	}
	if slices.ContainsFunc(objectNames, func(ending string) bool { return hasSuffixFold(name, ending) }) {
		return false
	}
	if last == "key" {
		// Variables of the environment hold keys themselves, options mostly paths of them.
		return before != "" && (isUpper(name) || slices.Contains(keyKinds, before))
	}
	if last == "auth" {
		return before != "" && isUpper(name)
	}
	return endsSecret(last) || slices.Contains(secretWords, last)
}

// notKeyKinds: a key of such a kind tells things apart, and is no secret.
var notKeyKinds = []string{
	"cache", "restore", "sort", "group", "partition", "primary", "foreign", "range", "row", "object", "s3", "idempotency", "routing",
	"shard", "dedup", "deduplication", "translation", "map", "lookup", "config", "label", "annotation", "taint", "tag", "public", "pub",
	"kms", "ssh", "gpg", "hash", "order", "context", "meta", "metadata", "message", "correlation", "issue", "project", "space", "peer", "trusted",
}

// codeWords are the names of short codes. A code of a kind among codeKinds is one, too.
var (
	codeWords = []string{
		"puk", "otp", "totp", "hotp", "mfa", "2fa", "twofactor", "authcode", "regcode", "pincode", "otpcode", "accesscode", "unlockcode",
		"activationcode", "registrationcode", "invitecode", "licensecode", "securitycode", "verificationcode", "invitationcode",
	}
	codeKinds = []string{
		"auth", "authorization", "authorisation", "verification", "verify", "device", "pairing", "setup", "unlock", "recovery", "invite", "activation",
		"registration", "access", "security", "join", "claim", "login", "mfa", "otp", "totp", "pin", "reg", "confirmation", "enrollment", "backup", "pair",
	}
	// pinKinds: a PIN of such a kind is one of a card or a user, not of a device.
	pinKinds = []string{"so", "user", "new", "old", "admin", "sim", "card", "smartcard", "token", "kms", "piv", "hsm", "pkcs11", "bluetooth", "lock", "unlock", "ble"}
)

// codeKind returns how to mask the value of a name that is that of a PIN or another short code;
// nothing if it is none.
func codeKind(name string) kind {
	if !mayBeSecret(name) {
		return nothing
	}
	words := splitName(name)
	if len(words) == 0 {
		return nothing
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	switch {
	case last == "pin" && slices.Contains(pinKinds, before):
		return code
	case last == "pin":
		return pin
	case slices.Contains(codeWords, last), (last == "code" || last == "codes") && slices.Contains(codeKinds, before):
		return code
	}
	return nothing
}

// isHookName reports whether the value of a name is the address of a webhook.
func isHookName(name string) bool {
	return strings.Contains(strings.ToLower(name), "webhook")
}

// isPlural reports whether the value of a name is a list of secrets, or may be the name of an
// object instead of a secret.
func isPlural(name string) bool {
	if !mayBeSecret(name) {
		return false
	}
	if slices.ContainsFunc(objectNames, func(ending string) bool { return hasSuffixFold(name, ending) }) {
		return !hasSuffixFold(name, "user.signingkey")
	}
	words := splitName(name)
	if len(words) == 0 {
		return false
	}
	last, before := words[len(words)-1], ""
	if len(words) > 1 {
		before = words[len(words)-2]
	}
	if slices.Contains(notSecretKinds, before) {
		return false
	}
	if last == "keys" {
		return slices.Contains(keyKinds, before)
	}
	return strings.HasSuffix(last, "tokens") || strings.HasSuffix(last, "secrets")
}

// isPassword reports whether a word means a password, whatever precedes it.
func isPassword(word string) bool {
	for _, ending := range []string{"password", "passwd", "passphrase", "pwd"} {
		if strings.HasSuffix(word, ending) {
			return true
		}
	}
	return false
}

func endsSecret(word string) bool {
	return slices.ContainsFunc(secretEndings, func(ending string) bool { return strings.HasSuffix(word, ending) }) &&
		!slices.ContainsFunc(notSecretEndings, func(ending string) bool { return strings.HasSuffix(word, ending) })
}

// trimWords removes what may follow the word that counts: numbers, and trailingWords.
func trimWords(words []string) []string {
	for len(words) > 0 {
		last := strings.TrimRight(words[len(words)-1], "0123456789")
		if last != "" && !slices.Contains(trailingWords, words[len(words)-1]) {
			words[len(words)-1] = last
			break
		}
		words = words[:len(words)-1]
	}
	return words
}

// stems are the beginnings of the words that the name of a secret holds, by first letter.
// Every name of a secret holds one of them.
var stems = [256][]string{
	'2': {"2fa"},
	'a': {"auth", "art-api"},
	'b': {"bea"},
	'w': {"webh", "wacht"},
	'c': {"cre", "coo", "comm", "code"},
	'h': {"hma"},
	'j': {"jwt"},
	'k': {"key", "ken"},
	'm': {"masterauth", "mnem", "mfa"},
	'o': {"otp"},
	'p': {"pas", "pw", "pat", "psk", "pin", "puk", "psw"},
	'r': {"recovery-", "recovery_"},
	's': {"sec", "sas", "sonar.login", "seed", "salt", "senha", "sess"},
	't': {"tok"},
}

// mayBeSecret is a cheap test that most texts fail.
func mayBeSecret(text string) bool {
	for i := range len(text) - 1 {
		for _, stem := range stems[text[i]|0x20] {
			if hasPrefixFold(text[i:], stem) {
				return true
			}
		}
	}
	return false
}

// hasPrefixFold reports whether a text begins with a prefix of small ASCII letters,
// regardless of case.
func hasPrefixFold(text, prefix string) bool {
	if len(text) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if text[i] != prefix[i] && text[i]|0x20 != prefix[i] {
			return false
		}
	}
	return true
}

// writesSecret reports whether a name is that of a command which writes a secret.
func writesSecret(name string) bool {
	for _, ending := range []string{"_cmd", "-cmd", "cmd", "_command", "-command", "eval", "command"} {
		if before, ok := strings.CutSuffix(strings.ToLower(name), ending); ok {
			return isSecretName(before)
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

package redact

import "strings"

// kind is a way to mask a value.
type kind uint8

const (
	nothing kind = iota
	// secret, pair, assign, plain and takes are as in tool.
	secret
	pair
	// before is a secret before the sign "@": the field at of tool.
	before
	assign
	plain
	takes
	// named values are those of options whose name says that they are secrets.
	named
	// writes values are commands that write a secret.
	writes
	// login is "user/secret@database".
	login
	// The values from here on are only masked if they look like a secret, a generated one, or
	// a pair. Otherwise the argument is not taken for the value of the option.
	likely
	short
	likelyPair
	loginPair
	random
	licence
	// code values are PINs and other codes, mostly of digits; pin ones those of an option that
	// may also name a pin of a device, or the version that a package keeps.
	code
	pin
	// hook values are addresses whose path is a secret.
	hook
	// several values are lists of tokens, or names of objects that hold them.
	several
	// generated values are those of options that mostly are a key or a token, if they are secrets.
	generated
	// strong values are those of -p and the like, of programs of which nothing is known.
	strong
	// probably values are passwords although they may be plain words.
	probably
)

// option is what is known of an option.
type option struct {
	kind    kind
	between string
	// attached and apart say where the value may be.
	attached, apart bool
	// after are the words that must precede it, as a set of bits; 0 for none.
	after uint64
}

// mask masks the value of an option.
func (o option) mask(name, value string) string {
	switch o.kind {
	case secret:
		if !isPlaceholder(value) {
			return Mask
		}
	case named:
		if isSecretValue(name, value) {
			return Mask
		}
	case writes:
		for _, writer := range writers {
			if strings.HasPrefix(value, writer) {
				return writer + Mask
			}
		}
	case pair:
		return maskPair(value, o.between)
	case before:
		if i := strings.LastIndexByte(value, '@'); i > 0 && !isPlaceholder(value[:i]) {
			return Mask + value[i:]
		}
	case likely:
		if looksSecret(value) && !isCall(value) {
			return Mask
		}
	case short:
		if name, rest, ok := strings.Cut(value, "="); (looksSecret(value) || saysSecret(value)) && (!ok || strings.Trim(rest, "=") == "" || !isWordy(name)) {
			return Mask
		}
	case random:
		if looksRandom(value) && !strings.ContainsAny(value, "._-") || looksGenerated(value) && !isUUID(value) {
			return Mask
		}
	case code, pin:
		if looksCode(value, o.kind == pin) {
			return Mask
		}
	case hook:
		return maskHook(value)
	case several:
		if looksSecret(value) && (!isObjectName(value) || looksGenerated(value) || isUUID(value)) && !strings.Contains(value, "/") ||
			looksSecret(value) && strings.ContainsAny(value, "+=") {
			return Mask
		}
	case strong:
		if looksStrong(value) {
			return Mask
		}
	case generated:
		if looksGenerated(value) && !isUUID(value) && strings.IndexByte(value, '.') < 0 && value != strings.ToLower(value) {
			return Mask
		}
	case probably:
		const least = 4
		if isWordy(value) && len(value) >= least && isPlain(value) {
			return Mask
		}
		return option{kind: short}.mask(name, value)
	case licence:
		if looksLicence(value) {
			return Mask
		}
	case loginPair:
		if user, secret, ok := cutPair(value, ":"); ok && isPair(user, secret) {
			return user + ":" + Mask
		}
		if looksGenerated(value) || looksStrong(value) && !hasPrefixFold(value, "oauth") {
			return Mask
		}
	case likelyPair:
		if user, secret, ok := cutPair(value, ":%"); ok && looksPair(user, secret) {
			return value[:len(user)+1] + Mask
		}
	case assign:
		if name, secret, ok := strings.Cut(value, "="); ok && !isPlaceholder(secret) {
			return name + "=" + Mask
		}
	case login:
		return maskLogin(value)
	}
	return value
}

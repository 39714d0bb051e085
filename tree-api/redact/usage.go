package redact

import (
	"regexp"
	"slices"
	"strings"
)

// A usage is in which order the arguments without options follow each other, as in
// "config set NAME SECRET". It has these words:
//
//	word, one|two   the word, or one of several; x.* begins and *x ends with x
//	-b*             an option of several letters with that one among them
//	NAME, USER, …   any argument
//	SECRET          a secret
//	LIKELY, RANDOM  a secret if it looks like one, or like a generated one
//	NOMAIL          like LIKELY, but no address of mail
//	LICENCE         a secret if it looks like the key of a licence
//	PAIR, COMMAPAIR user:secret and user,secret
//	LOGIN           user/secret@database
//	LOGINAT         user/secret@host, and no address without a secret
//	CODE            a PIN or another code of digits
//	KEYOPT          key:secret or pass:secret
//	ASSIGN, ASSIGNS name=secret, and all that follow
//	ACLRULES        a rule of Redis's ACL, and all that follow: >secret, <secret, #hash, !hash
//	LAST            a secret that is the last argument

type usage []usageWord

// usageWord is a word of a usage: a placeholder in capital letters, or one of several words.
type usageWord struct {
	placeholder string
	words       []string
}

// usageOf reads a usage.
func usageOf(text string) (u usage) {
	for word := range strings.FieldsSeq(text) {
		if isUpper(word) {
			u = append(u, usageWord{placeholder: word})
		} else {
			u = append(u, usageWord{words: strings.Split(word, "|")})
		}
	}
	return u
}

// isLiteral reports whether an argument is the word.
func (w usageWord) isLiteral(arg string) bool {
	return slices.ContainsFunc(w.words, func(word string) bool { return matches(word, arg) })
}

// begins reports whether a usage of the program begins with a word: it then says what follows.
func (p *program) begins(arg string) bool {
	return slices.ContainsFunc(p.usages, func(u usage) bool { return u[0].isLiteral(arg) })
}

// maxUsages bounds the usages of a program.
const maxUsages = 16

// usage masks an argument by the usages of the program.
func (c *command) usage(i int) (string, bool) {
	if c.program != nil {
		if changed, ok := c.follow(c.program.usages, &c.steps, i); ok || c.program.quiet {
			return changed, ok
		}
	}
	return c.follow(commonUsages, &c.common, i)
}

// mail is an address of mail.
var mail = regexp.MustCompile(`^[\w.+-]+@[\w-]+(\.[\w-]+)+$`)

// commonUsages are those of many programs, of which the last word must look like a secret.
var commonUsages = []usage{
	usageOf("*add_user|*add-user|*adduser|*useradd|*create_user|*create-user|*createuser USER LIKELY"),
	usageOf("*create_superuser|*create-superuser|*createsuperuser|*create_admin|*create-admin USER NOMAIL"),
	usageOf("*create_superuser|*create-superuser|*createsuperuser|*create_admin|*create-admin USER MAIL NOMAIL"),
	usageOf("*change_password|*change-password|*set_password|*set-password|setpassword|*reset_password|*reset-password USER LIKELY"),
	usageOf("password USER LIKELY"),
	usageOf("users|user|--manage-users add|create USER LIKELY"),
	usageOf("login|signin|auth|authenticate|authtoken|activate|register|unseal|attach|enroll|join|unlock RANDOM"),
	usageOf("login USER LIKELY"),
	usageOf("*hash-password|*encode-password|*hash_password|hashpw PASSWORD"),
	usageOf("authorize|authorize-account|authorize_account NAME RANDOM"),
	usageOf("license|licence LICENCE"),
	usageOf("license|licence|activation activate|add|install|set|apply|register|import|update LICENCE"),
	usageOf("auth|tokens token|add|set|use RANDOM"),
	usageOf("auth|config token|key|apikey|api-key set|add|use RANDOM"),
}

// follow goes one step along all usages. The first one that masks the argument decides; the
// others go on, because an argument that one of them takes for the secret may be the user of
// another one: "auth SECRET" and "auth USER SECRET".
func (c *command) follow(usages []usage, steps *[maxUsages]uint8, i int) (changed string, ok bool) {
	arg := c.all[i]
	for n, usage := range usages {
		step := int(steps[n])
		if step == len(usage) {
			if usage[0].placeholder != "" {
				continue
			}
			step, steps[n] = 0, 0
		}
		word := usage[step]
		isOption := strings.HasPrefix(arg, "-") && len(arg) > 1 || c.program != nil && c.program.slashes && strings.HasPrefix(arg, "/")
		switch {
		case word.isLiteral(arg):
			steps[n]++
		case isOption, word.placeholder == "LAST" && i < len(c.all)-1:
		case word.placeholder == "":
			steps[n] = 0
		default:
			if word.placeholder != "ASSIGNS" && word.placeholder != "ACLRULES" {
				steps[n]++
			}
			if masked := maskPositional(word.placeholder, arg); !ok && masked != arg {
				changed, ok = masked, true
			}
		}
	}
	if !ok {
		changed = arg
	}
	return changed, ok
}

// matches reports whether an argument is a word of a usage.
func matches(word, arg string) bool {
	if ending, ok := strings.CutPrefix(word, "*"); ok {
		return hasSuffixFold(arg, ending)
	}
	beginning, ok := strings.CutSuffix(word, "*")
	switch {
	case !ok:
		return strings.EqualFold(word, arg)
	case beginning[0] == '-':
		return len(arg) > 1 && arg[0] == '-' && arg[1] != '-' && strings.Contains(arg, beginning[1:])
	}
	return strings.HasPrefix(arg, beginning)
}

// keyOptions are the parameters of OpenSSL's algorithms that hold a key or a password.
var keyOptions = []string{"key", "hexkey", "pass", "hexpass", "secret", "hexsecret", "password"}

// maskPositional masks an argument in the place of a word of a usage.
func maskPositional(word, arg string) string {
	switch word {
	case "SECRET", "LAST":
		if name, value, ok := strings.Cut(arg, "="); ok && strings.Trim(value, "=") != "" && isWordy(name) {
			// The rules for assignments know better.
			return arg
		}
		if isPath(arg) {
			return arg
		}
		return option{kind: secret}.mask("", arg)
	case "PASSWORD":
		if !isPlain(arg) || len(arg) > len("word") {
			return option{kind: short}.mask("", arg)
		}
	case "PAIR":
		return option{kind: pair}.mask("", arg)
	case "COMMAPAIR":
		return maskPair(arg, ",")
	case "LIKELY":
		return option{kind: likely}.mask("", arg)
	case "NOMAIL":
		if mail.MatchString(arg) {
			return arg
		}
		return option{kind: likely}.mask("", arg)
	case "RANDOM":
		return option{kind: random}.mask("", arg)
	case "LICENCE":
		return option{kind: licence}.mask("", arg)
	case "LOGIN":
		return option{kind: login}.mask("", arg)
	case "LOGINAT":
		if user, rest, ok := strings.Cut(arg, "/"); ok && user != "" && !strings.Contains(arg, "://") {
			if secret, host, ok := strings.Cut(rest, "@"); ok && secret != "" && !isPlaceholder(secret) {
				return user + "/" + Mask + "@" + host
			}
		}
	case "CODE":
		return option{kind: code}.mask("", arg)
	case "KEYOPT":
		if name, _, ok := strings.Cut(arg, ":"); ok && slices.Contains(keyOptions, name) {
			return name + ":" + Mask
		}
	case "ACLRULES":
		if len(arg) > 1 && strings.IndexByte("><#!", arg[0]) >= 0 {
			return arg[:1] + Mask
		}
	case "ASSIGN", "ASSIGNS":
		return option{kind: assign}.mask("", arg)
	}
	return arg
}

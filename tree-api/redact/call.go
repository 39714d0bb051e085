package redact

import (
	"slices"
	"strings"
)

// callees are functions that take a secret, in lower case, without the object or module they
// belong to. The number says which of their strings it is; last is the last one. Arguments
// with names (password="…") are assignments, and are not counted.
var callees = map[string]int{
	// Databases.
	"auth": last, "authenticate": last, "changeuserpassword": last, "createuser": 2,
	"connect": 3, "pconnect": 3, "mysqli": 3, "mysqli_connect": 3, "mysql_connect": 3, "real_connect": 3, "pdo": 3,
	"getconnection": 3, "mysql2": 3, "dbconnect": 3, "connect_cached": 3, "oci_connect": 2, "odbc_connect": 3,
	"sqlsrv_connect": last, "set_credentials": 2,
	// Directories, mail, files, remote shells.
	"simple_bind_s": 2, "simple_bind": 2, "bind_s": 2, "ldap_bind": 2, "login": last, "ftp_login": last, "login_user": last,
	"ssh2_auth_password": last, "username_pw_set": 2, "authlogin": last, "plainauth": last, "imap_open": 3, "starttls": last,
	"smtp.start": 4,
	// HTTP.
	"httpbasicauth": 2, "httpdigestauth": 2, "basicauth": 2, "basic_auth": 2, "setbasicauth": 2, "http_auth": 2,
	"authbasic": 2, "networkcredential": 2, "pscredential": 2, "usernamepasswordcredentials": 2, "passwordauthentication": 2,
	"basic": 2, "withbasicauth": 2, "bearer": 1, "settoken": last, "set_token": last, "setapikey": last, "set_api_key": last,
	"token": 1, "apikey": 1, "tokenauth": 1, "bearerauth": 1, "withtoken": 1, "withapikey": 1,
	// Passwords and keys.
	"setpassword": last, "set_password": last, "updatepassword": last, "checkpassword": last, "check_password": last,
	"make_password": 1, "password_hash": 1, "password_verify": 1, "generate_password_hash": 1, "hashpw": 1, "hash_password": 1,
	"fernet": 1, "createhmac": 2, "hmac": 1, "hmac.new": 1, "aes.new": 1, "des3.new": 1, "createcipheriv": 2, "createdecipheriv": 2, "aes_encrypt": last,
	"aes_decrypt": last, "pgp_sym_encrypt": 2, "pgp_sym_decrypt": 2, "encryptbypassphrase": 1, "secretkeyspec": 1,
	"setpassphrase": last, "set_passphrase": last, "load_pem_private_key": 2, "asconvertto": 1,
	"jwt.encode": 1, "crypt.crypt": 1, "crypt": 1, "bcrypt.hash": 1, "bcrypt.hashsync": 1, "bcrypt.compare": 1, "argon2.hash": 1,
	"pbkdf2_hmac": 2, "pbkdf2": 1, "pbkdf2sync": 1, "scryptsync": 1, "sha512_crypt.hash": 1, "sha256_crypt.hash": 1,
	"plaincredentials": 2, "plaintextauthprovider": 2, "httpproxyauth": 2, "httpntlmauth": 2, "userpasswordcredential": 2,
	"secretstr": 1, "credentials": last, "newinstance": 3, "add_password": last, "ftp": 3, "s3connection": 2, "connect_s3": 2, "passwordcredentials": 2, "digestauth": 2,
	"basiccredentials": 2, "basicawscredentials": 2, "awsbasiccredentials.create": 2, "azurekeycredential": 1, "azurenamedkeycredential": 2,
	"apikeycredentials": 1, "clientsecretcredential": 3, "usernamepasswordcredential": last, "twilio": 2, "secretclient": last, "from_mnemonic": 1,
	"b64encode": pairOnly, "base64.b64encode": pairOnly, "btoa": pairOnly, "buffer.from": pairOnly, "base64_encode": pairOnly, "encode_base64": pairOnly,
	"strict_encode64":        pairOnly,
	"convertto-securestring": 1, "password": 1, "passwd": 1, "old_password": 1, "sign": last, "verify": last,
}

const (
	// last is the last string of a call.
	last = -1
	// pairOnly is the first string, if it is "user:secret".
	pairOnly = -2
)

// accessors are parts of the names of functions whose last string may be a secret, if it looks like
// a generated one.
var accessors = []string{"client", "auth", "login", "key", "token", "connect", "session", "init", "api", "driver", "credential", "secret", "sign"}

// isAccessor reports whether a function may take a generated secret.
func isAccessor(name string) bool {
	return slices.ContainsFunc(accessors, func(part string) bool { return strings.Contains(name, part) })
}

// setters begin the names of functions that set a secret, if the rest is its name.
var setters = []string{"set", "with", "add", "use", "put", "update", "change", "register", "new", "create", "reset"}

// isSetter reports whether the name of a function says that it sets a secret: setApiKey.
func isSetter(name string) bool {
	if !mayBeSecret(name) {
		return false
	}
	words := splitName(name)
	return len(words) > 1 && slices.Contains(setters, words[0]) && isSecretName(strings.Join(words[1:], "-"))
}

const (
	// maxCall bounds how many bytes of the arguments are looked at.
	maxCall = 256
	// maxNested bounds how deep calls may be nested in them.
	maxNested = 4
)

// calls masks the secrets in the calls of functions: db.auth("user", "secret").
func (m *masker) calls(text string) string {
	out := edit{text: text}
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '(')
		if i < 0 || m.left < 0 {
			break
		}
		at += i
		name, given := nameBefore(text, at)
		which, known := callees[name]
		at++
		args := text[at:min(len(text), at+maxCall)]
		if !known && setsSecret(args) {
			which = 2
		}
		if which == 0 && isSetter(given) {
			which = last
		}
		if which == 0 && isAccessor(name) {
			if start, end := m.argument(args, last); end-start < 20 || !looksGenerated(args[start:end]) || isUUID(args[start:end]) {
				continue
			}
			which = last
		}
		if which == 0 {
			continue
		}
		start, end := m.argument(args, max(which, last))
		if which == pairOnly {
			start, end = m.argument(args, 1)
			user, secret, ok := strings.Cut(args[start:end], ":")
			if !ok || !looksPair(user, secret) {
				continue
			}
			start += len(user) + 1
		}
		if start == end || isPlaceholder(text[at+start:at+end]) {
			continue
		}
		out.replace(at+start, at+end, Mask)
		at += end
	}
	return out.String()
}

// setsSecret reports whether the first argument of a call is the name of a secret:
// setenv("API_KEY", "…"), header("Authorization", "…").
func setsSecret(args string) bool {
	if args == "" || !isQuote(args[0]) {
		return false
	}
	name := args[1:min(len(args), maxName)]
	end := strings.IndexByte(name, args[0])
	return end > 0 && (isSecretName(name[:end]) || hasSuffixFold(name[:end], "authorization"))
}

// nameBefore returns the name of the function whose bracket is at the index. In
// auth=("user", "secret") it is the name of the tuple. The second result is the name without what
// it belongs to, as it is written.
func nameBefore(text string, at int) (name, given string) {
	const most = 32
	end := at
	for end > 0 && at-end < 3 && strings.IndexByte(" =:", text[end-1]) >= 0 {
		end--
	}
	start := end
	for start > 0 && end-start < most && (isWord(text[start-1]) || strings.IndexByte(".-", text[start-1]) >= 0) {
		start--
	}
	given = text[start:end]
	name = strings.ToLower(given)
	given = given[strings.LastIndexByte(given, '.')+1:]
	if callees[name] != 0 {
		return name, given
	}
	return name[strings.LastIndexByte(name, '.')+1:], given
}

// argument returns where the string with a number is among the arguments of a call; the same
// index twice if there is none.
func (m *masker) argument(args string, which int) (start, end int) {
	depth, count := 0, 0
	q := quotes{text: args, masker: m}
	for i := 0; i < len(args); i++ {
		m.spend(1)
		switch c := args[i]; {
		case c == '(' || c == '[' || c == '{':
			if depth++; depth > maxNested {
				return start, end
			}
		case (c == ')' || c == ']' || c == '}') && depth > 0:
			depth--
		case c == ')' || c == ';':
			return start, end
		case isQuote(c):
			closed := q.closing(i)
			if closed < 0 {
				return start, end
			}
			if depth == 0 && !hasName(args[:i]) {
				count++
				if count == which || which == last {
					start, end = i+1, closed
				}
			}
			i = closed
		}
	}
	return start, end
}

// hasName reports whether an argument has a name, as in password="…" or host: "…".
func hasName(before string) bool {
	before = strings.TrimRight(before, " bBrRuU")
	return before != "" && strings.IndexByte("=:>", before[len(before)-1]) >= 0
}

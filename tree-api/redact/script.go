package redact

import (
	"slices"
	"strings"
)

// script masks a text that is itself a command line, as after "sh -c", or a whole command
// line that its program has written over the first argument.
func (m *masker) script(text string, depth int) string {
	words := m.splitWords(text)
	if len(words) == 1 && words[0] == (span{0, len(text)}) {
		return m.inQuotes(text, depth)
	}
	args := make([]string, len(words))
	for i, w := range words {
		args[i] = unquoted(text[w.start:w.end])
	}
	out := edit{text: text}
	for i, masked := range m.commands(args, depth) {
		if masked == args[i] {
			continue
		}
		start, end := words[i].start, words[i].end
		if masked != Mask && end-start > len(args[i]) {
			start, end = start+1, end-1
		}
		out.replace(start, end, masked)
	}
	return out.String()
}

// commands masks the words of a script, each of its commands for itself.
func (m *masker) commands(args []string, depth int) []string {
	masked := make([]string, 0, len(args))
	for start := 0; start < len(args); {
		end := commandEnd(args, start)
		masked = append(masked, m.args(args[start:end], depth+1)...)
		if end < len(args) {
			masked = append(masked, args[end])
		}
		maskInput(args[start:end], masked[start:end], args[end:])
		start = end + 1
	}
	return masked
}

// commandEnd returns the index of the operator that ends a command.
func commandEnd(args []string, start int) int {
	end := start
	for end < len(args) && !isOperator(args[end]) {
		end++
	}
	return end
}

// inputReaders are programs that read a secret from standard input, with the argument that
// makes them do so if there is one.
var inputReaders = map[string]string{
	"chpasswd": "", "kinit": "", "su": "", "cryptsetup": "", "sudo": "-S", "passwd": "--stdin", "smbpasswd": "-s",
	"docker": "--password-stdin", "podman": "--password-stdin", "nerdctl": "--password-stdin", "helm": "--password-stdin",
	"oras": "--password-stdin", "crane": "--password-stdin", "skopeo": "--password-stdin", "buildah": "--password-stdin",
	"gh": "--with-token", "glab": "--stdin", "gpg": "--passphrase-fd", "htpasswd": "-i", "mkpasswd": "-s", "vault": "-",
	"openconnect": "--passwd-on-stdin", "systemd-creds": "encrypt", "lncli": "--stdin", "nomad": "bootstrap", "consul": "bootstrap",
	"secret-tool": "store", "wg": "pubkey", "argon2": "", "encfs": "-S", "gocryptfs": "", "cryfs": "", "keyctl": "padd", "flyctl": "secrets",
	"fly": "secrets", "gcloud": "secrets", "saslpasswd2": "-p", "pdbedit": "-t", "adcli": "--stdin-password", "kadmin": "", "ecryptfs-add-passphrase": "",
	"hdiutil": "-stdinpass", "diskutil": "-stdinpassphrase", "zfs": "load-key", "pw": "-h", "net": "ads", "gopass": "insert",
	"mysql_config_editor": "set", "keepassxc-cli": "", "vncpasswd": "-f", "x11vnc": "-storepasswd",
	"slappasswd": "-T", "ldappasswd": "-T", "heroku": "login", "argocd": "bcrypt", "caddy": "hash-password",
	"pass": "insert", "ipa": "passwd", "realm": "join", "wrangler": "secret", "kubeseal": "", "bw": "login",
}

// maskInput masks what a command writes, or reads behind "<<<", if it is the input of a
// program that reads a secret: echo secret | sudo -S.
func maskInput(args, masked, rest []string) {
	for i, arg := range args {
		if arg == "<<<" && i+1 < len(args) && readsSecret(args[:i]) {
			masked[i+1] = Mask
		}
	}
	if len(rest) < 2 || rest[0] != "|" || len(args) == 0 || args[0] != "echo" && args[0] != "printf" {
		return
	}
	reader := rest[1:commandEnd(rest, 1)]
	if !readsSecret(reader) {
		return
	}
	for i, arg := range args[1:] {
		switch user, _, ok := strings.Cut(arg, ":"); {
		case arg == "" || arg[0] == '-' || isPlaceholder(arg) || strings.HasPrefix(arg, "%s"):
		case ok && reader[len(reader)-1] == "chpasswd":
			masked[i+1] = user + ":" + Mask
		default:
			masked[i+1] = Mask
		}
	}
}

// saysInput reports whether an option says that a secret is read from standard input.
func saysInput(arg string) bool {
	if len(arg) < len("-p=-") || arg[0] != '-' || !mayBeSecret(arg) {
		return false
	}
	return strings.Contains(arg, "stdin") || strings.HasSuffix(arg, "=-") || strings.HasSuffix(arg, "-fd") || strings.HasSuffix(arg, "-fd=0")
}

func readsSecret(args []string) bool {
	if slices.ContainsFunc(args[:min(len(args), 16)], saysInput) {
		return true
	}
	for _, arg := range args[:min(len(args), 4)] {
		needs, ok := inputReaders[arg]
		if !ok {
			continue
		}
		if needs == "" {
			return true
		}
		if slices.Contains(args[:min(len(args), 16)], needs) {
			return true
		}
	}
	return false
}

// inQuotes masks what is between quotes in one word, as in X="run --token abc".
func (m *masker) inQuotes(word string, depth int) string {
	out := edit{text: word}
	q := quotes{text: word, masker: m}
	for at := 0; at < len(word); at++ {
		if !isQuote(word[at]) {
			continue
		}
		end := q.closing(at)
		if end < 0 {
			continue
		}
		inner := word[at+1 : end]
		if masked := m.args([]string{inner}, depth+1)[0]; masked != inner {
			out.replace(at+1, end, masked)
		}
		at = end
	}
	return out.String()
}

// span is a part of a text.
type span struct{ start, end int }

// splitWords splits a script into words and operators. Blanks and operators between quotes
// do not count. A quote that nothing closes is a letter like any other, and so is one inside
// a word, as in "don't".
func (m *masker) splitWords(text string) []span {
	var words []span
	q := quotes{text: text, masker: m}
	start := -1
	for i := 0; i < len(text); i++ {
		n := operatorAt(text, i, start)
		if n > 0 || strings.IndexByte(blanks, text[i]) >= 0 {
			if start >= 0 {
				words = append(words, span{start, i})
			}
			if n > 0 {
				words = append(words, span{i, i + n})
				i += n - 1
			}
			start = -1
			continue
		}
		if start < 0 {
			start = i
		}
		if isQuote(text[i]) && opens(text, start, i) {
			if end := q.closing(i); end > 0 {
				i = end
			}
		}
	}
	if start >= 0 {
		words = append(words, span{start, len(text)})
	}
	return words
}

// operatorAt returns the length of the operator at an index, 0 if there is none. word is
// where the word before it begins, -1 if there is none.
func operatorAt(text string, i, word int) int {
	next := byte(' ')
	if i+1 < len(text) {
		next = text[i+1]
	}
	switch text[i] {
	case ';', '|', '\n', '`':
		if next == text[i] && next != '\n' {
			return 2
		}
		return 1
	case '&':
		if next == '&' {
			return 2
		}
		if word < 0 || strings.IndexByte(blanks, next) >= 0 {
			return 1
		}
	case '(':
		if word < 0 {
			return 1
		}
	case '$':
		if word < 0 && next == '(' {
			return 2
		}
	}
	return 0
}

func isOperator(word string) bool {
	switch word {
	case ";", ";;", "|", "||", "&", "&&", "\n", "`", "``", "(", "$(":
		return true
	}
	return false
}

// unquoted returns a word without the quotes around it.
func unquoted(word string) string {
	last := len(word) - 1
	if last > 0 && isQuote(word[0]) && word[0] == word[last] && strings.IndexByte(word[1:last], word[0]) < 0 {
		return word[1:last]
	}
	return word
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// opens reports whether a quote can be one that opens: at the beginning of its word, behind
// a sign, or behind an option, as in -H"…".
func opens(text string, word, at int) bool {
	return at == word || text[word] == '-' || strings.IndexByte("=:,;([{", text[at-1]) >= 0
}

// quotes finds the quotes that close others in a text, and the ends of values without quotes.
// It remembers what it found, so that all searches together look at each byte a bounded
// number of times.
type quotes struct {
	*masker
	text string
	// open says that a single (0) or double (1) quote is not closed.
	open [2]bool
	// from and to are the last value without quotes that was looked for, and its kind.
	from, to int
	kind     plainKind
}

// closing returns where the quote at the index is closed, -1 if nowhere.
func (q *quotes) closing(at int) int {
	kind := 0
	if q.text[at] == '"' {
		kind = 1
	}
	if q.open[kind] {
		return -1
	}
	for i := at + 1; i < len(q.text); i++ {
		switch q.text[i] {
		case q.text[at]:
			q.spend(i - at)
			return i
		case '\\':
			i++
		}
	}
	q.spend(len(q.text) - at)
	q.open[kind] = true
	return -1
}

// Package redact masks secrets on command lines.
//
// It works by families: options and assignments whose name says that the value is a secret
// (name.go), the options and arguments of known programs (tools.go), addresses and connection
// strings (address.go), SQL (sql.go), calls of functions (call.go) and texts that have the
// form of a known kind of token (token.go). An argument that is itself a command line, as
// after "sh -c", is split into its commands (script.go), to which the same rules apply.
//
// No such list is complete. To be certain that no secret is shown, show no command lines.
package redact

import (
	"regexp"
	"slices"
)

// Mask replaces a secret.
const Mask = "***"

// Redactor masks secrets. It is safe for concurrent use.
type Redactor struct {
	extra []*regexp.Regexp
}

// New returns a Redactor that also masks the matches of the given patterns: the first
// capture group of each match, or the whole match if the pattern has no group.
func New(extra ...*regexp.Regexp) *Redactor { return &Redactor{extra: slices.Clone(extra)} }

// Args returns the arguments with secrets masked. It returns the same slice if nothing is
// masked, and a copy otherwise.
func (r *Redactor) Args(args []string) []string {
	m := newMasker(args)
	masked := m.args(args, 0)
	for i, arg := range masked {
		for _, pattern := range r.extra {
			arg = maskGroup(pattern, arg)
		}
		if arg != masked[i] {
			masked = replace(args, masked, i, arg)
		}
	}
	return masked
}

// replace sets one argument in a copy, which it makes at the first change.
func replace(args, masked []string, i int, arg string) []string {
	if &masked[0] == &args[0] {
		masked = slices.Clone(args)
	}
	masked[i] = arg
	return masked
}

// masker masks one command line and bounds the work on it.
type masker struct {
	// left is how many bytes may still be looked at.
	left int
	// outer is the program of which an argument is looked at, which may be a command of its own:
	// deluge-console "connect host user secret".
	outer *program
}

const (
	// workPerByte is how often each byte of a command line may be looked at. The rules look at
	// each byte a bounded number of times, so that no command line known uses half of it.
	workPerByte = 64
	// workAtLeast is what a short command line may use.
	workAtLeast = 1024
	// maxDepth is how deep command lines may be nested: sh -c "ssh host 'sh -c …'".
	maxDepth = 4
)

func newMasker(args []string) *masker {
	size := 0
	for _, arg := range args {
		size += len(arg)
	}
	return &masker{left: workAtLeast + workPerByte*size}
}

// spend counts work on n bytes. It returns false when the command line has used up its
// share: what has not been looked at is then masked.
func (m *masker) spend(n int) bool {
	m.left -= n
	return m.left >= 0
}

// args masks the arguments of one command.
func (m *masker) args(args []string, depth int) []string {
	masked := args
	c := command{masker: m, all: args, depth: depth, outer: m.outer}
	for i, arg := range args {
		if changed := c.next(i); changed != arg {
			masked = replace(args, masked, i, changed)
		}
	}
	return masked
}

// text masks one argument, or a part of one, without regard to what precedes it.
func (m *masker) text(text string, depth int) string {
	if len(text) < len("pw=x") {
		return text
	}
	if !m.spend(len(text)) {
		return Mask
	}
	if from, to, ok := replacement(text); ok {
		return m.substitution(text, from, to, depth)
	}
	signs := signsIn(text)
	if signs&blank != 0 && isWordList(text) {
		return Mask
	}
	named := mayBeSecret(text)
	if signs&colon != 0 {
		text = maskPassLine(maskLoginAt(maskAddresses(text)))
	}
	if signs&(colon|equals) != 0 {
		text = m.assignments(text, named)
	}
	text = maskTokens(text)
	if signs&(dollar|brace) != 0 {
		text = maskHashes(text)
	}
	if named {
		text = maskForms(forms, text)
		text = maskNamedValues(text)
	}
	if signs&bracket != 0 {
		text = m.calls(text)
	}
	if signs&blank != 0 {
		text = maskForms(statements, text)
		text = maskSent(text)
	}
	if signs&(blank|quote) != 0 && depth < maxDepth {
		text = m.script(text, depth)
	}
	if m.left < 0 {
		return Mask
	}
	return text
}

// sign is a set of characters, each of which only some rules need.
type sign uint8

const (
	colon sign = 1 << iota
	dollar
	equals
	blank
	quote
	bracket
	brace
)

// signOf says for each byte which sign it is.
var signOf = func() (table [256]sign) {
	for c, s := range map[byte]sign{
		':': colon, '$': dollar, '=': equals, ' ': blank, '\t': blank, '\r': blank, '\n': blank, '"': quote, '\'': quote, '(': bracket,
		'{': brace,
	} {
		table[c] = s
	}
	return table
}()

// signsIn returns the signs that occur in a text.
func signsIn(text string) (found sign) {
	for i := range len(text) {
		found |= signOf[text[i]]
	}
	return found
}

// blanks separate the words of a script.
const blanks = " \t\r\n"

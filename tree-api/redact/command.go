package redact

import (
	"slices"
	"strings"
)

// command goes along the arguments of one command.
type command struct {
	*masker
	all   []string
	depth int
	// outer is the program whose argument the command is.
	outer *program
	// program is what is known of the program; nil if it is none of the known ones.
	program *program
	// from is the index behind its name.
	from int
	// seen are the words after which some of its rules hold, as a set of bits.
	seen uint64
	// steps are how far each of its usages has been followed, and each of those of any program.
	steps, common [maxUsages]uint8
	// pending is the option before, if its value is the next argument.
	pending option
	// name is the name of that option, for rules by name.
	name string
	// user is whether an option names a user, once that has been asked.
	user answer
}

type answer uint8

const (
	unknown answer = iota
	yes
	no
)

// next returns one argument, masked.
func (c *command) next(i int) string {
	arg := c.all[i]
	pending, name := c.pending, c.name
	c.pending, c.name = option{}, ""
	if pending.kind == likely && (arg == "-v" || arg == "--value") {
		c.pending, c.name = pending, name // "-n NAME -v VALUE".
		return arg
	}
	if value, ok := strings.CutPrefix(arg, "--value="); ok && pending.kind == likely {
		return arg[:len(arg)-len(value)] + pending.mask(name, value)
	}
	if pending.kind != nothing {
		if changed, ok := c.value(pending, name, arg); ok {
			return changed
		}
	}
	if c.program != nil && c.program.after[arg] != 0 {
		c.seen |= c.program.after[arg]
	}
	if c.isProgram(i) {
		return arg
	}
	if changed, ok := c.programOption(arg); ok {
		return changed
	}
	if changed, ok := c.usage(i); ok {
		return changed
	}
	if begins := c.program != nil && c.program.begins(arg); !begins && c.namedOption(arg) || c.bareName(i) {
		return arg
	}
	if c.program == nil && strings.HasPrefix(arg, "-p") && looksSecret(arg[len("-p"):]) && isWordy(arg[1:]) && c.namesUser() {
		return "-p" + Mask
	}
	c.masker.outer = c.program
	masked := c.text(arg, c.depth)
	c.masker.outer = c.outer
	return masked
}

// value masks the value of the option before; false if the argument is another option.
func (c *command) value(o option, name, arg string) (string, bool) {
	if isOption(arg) && arg != "-" {
		return arg, false
	}
	if o.kind == secret && strings.ContainsAny(arg, "(") && strings.HasPrefix(arg, "(") {
		return arg, false
	}
	changed := o.mask(name, arg)
	if changed != arg {
		return changed, true
	}
	if o.kind >= likely {
		return arg, false
	}
	return c.text(arg, c.depth), true
}

const (
	// programWords is how many arguments may precede the name of the program, as in
	// "sudo -u app env A=1 mysql".
	programWords = 24
	// scriptWords is how many may precede the name of a script: "python3 -u /usr/bin/cqlsh".
	scriptWords = 4
)

// isProgram reports whether an argument is the name of the program, and notes its rules.
func (c *command) isProgram(i int) bool {
	arg := c.all[i]
	if c.depth > 0 && (i == 0 || c.program == nil && runsCommand(arg)) && c.begins(commandIn(arg), i) {
		return true
	}
	if c.depth > 0 && i == 0 && c.outer != nil && c.outer.begins(arg) {
		c.program = c.outer
		return false
	}
	if arg == "" || arg[0] == '-' || arg[0] == '+' || c.program != nil && c.program.after[arg] != 0 {
		return false
	}
	if c.program == nil && i == c.from && (precedes(arg) || c.depth > 0 && isTime(arg)) {
		c.from++
		return false
	}
	if !c.mayRun(i) || strings.ContainsAny(arg, blanks+"=") {
		return false
	}
	return c.begins(arg, i)
}

// commandIn returns what is behind the sign in the first word of a value that is a command
// line: --rsh=sshpass, -oProxyCommand=curl, GIT_SSH_COMMAND=ssh, EXEC:sshpass.
func commandIn(arg string) string {
	sign := strings.LastIndexAny(arg, "=:")
	if sign < 1 {
		return ""
	}
	for i := range sign {
		if !isWord(arg[i]) && strings.IndexByte("-.:=", arg[i]) < 0 {
			return ""
		}
	}
	first := strings.TrimLeft(arg[sign+1:], `"'`)
	if arg[sign] == ':' && strings.HasPrefix(first, "/") {
		return "" // An address.
	}
	return first
}

// runsCommand reports whether the value of a name is a command, wherever it stands.
func runsCommand(arg string) bool {
	name, _, ok := strings.Cut(arg, "=")
	return ok && (hasSuffixFold(name, "command") || hasSuffixFold(name, "cmd") || hasSuffixFold(name, "exec"))
}

// begins notes the rules of a program, if it is a known one.
func (c *command) begins(name string, i int) bool {
	if name == "" {
		return false
	}
	found := programOf(name)
	if found == nil {
		return false
	}
	c.program, c.from, c.seen, c.user = found, i+1, 0, unknown
	c.steps, c.common = [maxUsages]uint8{}, [maxUsages]uint8{}
	return true
}

// mayRun reports whether the name of a program may be in this place.
func (c *command) mayRun(i int) bool {
	if c.program == nil {
		// The first word, or the path of a script behind its interpreter.
		return i == c.from || i-c.from <= scriptWords && strings.ContainsAny(c.all[i], `/\.`)
	}
	return c.program.runs && i-c.from <= programWords
}

// keywords may precede a command in a script.
var keywords = map[string]bool{
	"exec": true, "command": true, "then": true, "do": true, "else": true, "if": true, "while": true, "until": true, "!": true,
	"{": true, "export": true, "set": true, "declare": true, "local": true, "call": true, "start": true, "eval": true,
}

// isTime reports whether a word is one of those that precede a command in a crontab.
func isTime(arg string) bool {
	const most = 8
	return len(arg) <= most && strings.Trim(arg, "0123456789*/,-") == "" && arg[0] != '-' && arg[0] != '/'
}

// precedes reports whether a word may precede the name of the program: an assignment, or a
// word of the shell.
func precedes(arg string) bool {
	name, _, ok := strings.Cut(arg, "=")
	return ok && isWordy(name) || keywords[arg]
}

// namedOption reports whether an argument is an option whose value is the next argument, by
// the rules for any program.
func (c *command) namedOption(arg string) bool {
	if i := strings.Index(arg, "=-"); i > 0 && c.depth > 0 && isWordy(arg[:i]) {
		arg = arg[i+1:] // FLAGS="--password secret".
	}
	name, ok := optionName(arg)
	if !ok {
		return false
	}
	switch {
	case c.program != nil && c.program.quiet:
		if !isSecretName(name) || isSwitch(name) {
			return false
		}
		c.pending = option{kind: likely}
	case isSecretName(name) && !isSwitch(name):
		c.pending, c.name = option{kind: named}, name
	case (name == "p" || name == "P") && c.namesUser():
		c.pending = option{kind: short}
		if c.program == nil && c.depth == 0 && name == "p" {
			c.pending.kind = probably
		}
	case isKeyName(name):
		c.pending = option{kind: random}
	case isLicenceName(name):
		c.pending = option{kind: licence}
	case codeKind(name) != nothing && !isSwitch(name):
		c.pending = option{kind: codeKind(name)}
	case isHookName(name):
		c.pending = option{kind: hook}
	case isPlural(name) && !isSwitch(name):
		c.pending = option{kind: several}
	case writesSecret(name):
		c.pending = option{kind: writes}
	case isLoginName(name):
		c.pending = option{kind: loginPair}
	case c.program == nil && len(name) == 1 && strings.ContainsRune("pPwWkK", rune(name[0])):
		c.pending = option{kind: strong}
	case c.program == nil && (name == "t" || name == "T" || name == "s"):
		c.pending = option{kind: generated}
	case isUserName(name), c.program == nil && (name == "u" || name == "U" || name == "a" || name == "l"):
		c.pending = option{kind: likelyPair}
	default:
		return false
	}
	return true
}

// isKeyName reports whether the value of an option is a key of some kind. It may be a name or a
// path, too.
func isKeyName(name string) bool {
	if name == "key" || name == "seed" {
		return true
	}
	if !hasSuffixFold(name, "-key") && !hasSuffixFold(name, "_key") && !hasSuffixFold(name, "-seed") && !hasSuffixFold(name, "_seed") {
		return false
	}
	words := splitName(name)
	return len(words) < 2 || !slices.Contains(notKeyKinds, words[len(words)-2])
}

// isLicenceName reports whether the value of a name is a licence, or its key.
func isLicenceName(name string) bool {
	return strings.EqualFold(name, "license") || strings.EqualFold(name, "licence")
}

// optionName returns the name of an option whose value is the next argument.
func optionName(arg string) (string, bool) {
	if arg == "" {
		return "", false
	}
	var name string
	switch arg[0] {
	case '-':
		name = strings.TrimLeft(arg, "-")
	case '+', '/':
		name = arg[1:]
	default:
		// sc.exe writes "password= secret".
		before, isLast := strings.CutSuffix(arg, "=")
		return before, isLast && len(before) > 1 && !strings.ContainsAny(before, "=:/?& ")
	}
	return name, name != "" && !strings.ContainsAny(name, "=: /")
}

// namesUser reports whether an option of the command names a user: then -p is mostly the
// password.
func (c *command) namesUser() bool {
	if c.user == unknown {
		c.user = no
		if !c.spend(len(c.all)) {
			return false
		}
		for i, arg := range c.all[c.from:] {
			switch arg {
			case "-u", "-U", "-l", "--user", "--username", "-user", "-username", "--login", "--user-name", "--usr":
				if next := c.from + i + 1; next < len(c.all) && !strings.HasPrefix(c.all[next], "-") {
					c.user = yes
				}
			}
		}
	}
	return c.user == yes
}

// bareNames are words behind which the next argument is a secret, if it looks like one.
var bareNames = map[string]bool{
	"password": true, "pwd": true, "passphrase": true, "psk": true, "requirepass": true, "masterauth": true,
	"user_pw": true, "owner_pw": true, "input_pw": true, "passcode": true,
}

// bareName reports whether an argument is the name of a secret and the next its value, as in
// "connect host user bob password secret".
func (c *command) bareName(i int) bool {
	arg := c.all[i]
	if i == 0 && c.depth == 0 || i+1 == len(c.all) || c.program != nil && (c.program.quiet || c.program.begins(arg)) {
		return false
	}
	if !bareNames[strings.TrimSuffix(strings.ToLower(arg), ":")] && !isSetting(arg) {
		return false
	}
	c.pending = option{kind: likely}
	return true
}

// isSetting reports whether a word is the name of a variable or a setting that holds a
// secret: DB_PASSWORD, wifi-sec.psk, dbPassword.
func isSetting(arg string) bool {
	if !mayBeSecret(arg) || arg[0] == '-' || arg[0] == '/' {
		return false
	}
	for i := range len(arg) {
		if !isWord(arg[i]) && arg[i] != '.' && arg[i] != '-' {
			return false
		}
	}
	words := splitName(arg)
	compound := len(words) > 1 || strings.IndexByte(arg, '.') > 0 || !slices.Contains(secretEndings, words[0])
	if isDigit(arg[len(arg)-1]) && strings.IndexByte(arg, '-') > 0 {
		return false // The name of a library or a package.
	}
	return (isUpper(arg) || compound) && isSecretName(arg) && !isSwitch(arg) && !isPath(arg)
}

// isWordy reports whether a text is the name of a variable.
func isWordy(text string) bool {
	for i := range len(text) {
		if !isWord(text[i]) {
			return false
		}
	}
	return text != ""
}

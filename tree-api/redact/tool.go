package redact

import (
	"slices"
	"strings"
)

// tool is a row of the table of programs whose options do not tell by their names that the
// value is a secret, or tell so wrongly. The lists are divided by blanks.
type tool struct {
	// names are those of the program; one that ends in * is a beginning.
	names string
	// after are words, one of which must precede the options: "login" in "docker login".
	after string
	// secret are options whose value is a secret. An option of one letter has its value in
	// the next argument or right behind it, and may be the last of several letters: -sSu.
	// One that ends in * has it right behind it only, one that ends in _ never.
	secret string
	// pair are options whose value is "user:secret".
	pair string
	// assign are options whose value is "name=secret".
	assign string
	// at are options whose value is "secret@host".
	at string
	// between divides user and secret in a pair; ":" if empty.
	between string
	// plain are options that have no secret as a value, although the name says so. Behind one
	// that ends in = nothing is masked; without it, --option=value still is.
	plain string
	// takes are options with any value, which is then no word of a usage and no program.
	takes string
	// usage is in which order the arguments without options follow each other; see usage.go.
	usage []string
	// quiet says that words like "password" are mere words to the program: grep, man.
	quiet bool
	// slashes says that the options of the program begin with a slash.
	slashes bool
	// runs says that the program runs another one, which is named in its arguments.
	runs bool
}

// program is what the rows of the table say about one program.
type program struct {
	// options are the rules for each option. One that holds behind a certain word goes before
	// one that always holds.
	options map[string][]option
	after   map[string]uint64
	usages  []usage
	runs    bool
	quiet   bool
	slashes bool
}

// index is the table of programs, by name and by beginning of the name.
type index struct {
	byName map[string]*program
	begins []string
}

var programs = indexOf(slices.Concat(tools, toolsOfServices, toolsOfHosts))

func indexOf(rows []tool) index {
	x := index{byName: map[string]*program{}}
	for _, row := range rows {
		for name := range strings.FieldsSeq(row.names) {
			if x.byName[name] == nil {
				x.byName[name] = &program{options: map[string][]option{}, after: map[string]uint64{}}
				if beginning, ok := strings.CutSuffix(name, "*"); ok {
					x.begins = append(x.begins, beginning)
				}
			}
			x.byName[name].add(row)
		}
	}
	slices.Sort(x.begins)
	return x
}

// add adds a row of the table.
func (p *program) add(row tool) {
	var after uint64
	for word := range strings.FieldsSeq(row.after) {
		if p.after[word] == 0 {
			p.after[word] = 1 << len(p.after)
		}
		after |= p.after[word]
	}
	lists := []struct {
		kind kind
		list string
	}{{secret, row.secret}, {pair, row.pair}, {assign, row.assign}, {before, row.at}, {plain, row.plain}, {takes, row.takes}}
	for _, l := range lists {
		for spelling := range strings.FieldsSeq(l.list) {
			o := option{kind: l.kind, between: row.between, attached: true, apart: true, after: after}
			name := strings.TrimRight(spelling, "*_=")
			o.apart = !strings.HasSuffix(spelling, "*")
			o.attached = name == spelling || !o.apart
			p.options[name] = append(p.options[name], o)
		}
	}
	for _, text := range row.usage {
		p.usages = append(p.usages, usageOf(text))
	}
	p.runs = p.runs || row.runs
	p.slashes = p.slashes || row.slashes
	p.quiet = p.quiet || row.quiet
}

// programEndings are what the names of files that are programs end in.
var programEndings = []string{".exe", ".com", ".cmd", ".bat", ".ps1", ".sh", ".vbs", ".wsf", ".py", ".pl", ".rb", ".js", ".jar", ".phar"}

// programOf returns what is known of a program, given its path or name; nil if nothing is.
func programOf(arg string) *program {
	name := arg[strings.LastIndexAny(arg, `/\`)+1:]
	if i := strings.LastIndexByte(name, '.'); i > 0 && slices.Contains(programEndings, name[i:]) {
		name = name[:i]
	}
	if p := programs.byName[name]; p != nil {
		return p
	}
	if folded := strings.ToLower(name); folded != name {
		if p := programs.byName[folded]; p != nil {
			return p
		}
	}
	for _, beginning := range programs.begins {
		if strings.HasPrefix(name, beginning) {
			return programs.byName[beginning+"*"]
		}
	}
	return nil
}

// programOption masks an argument by the options of the program; false if it is none.
func (c *command) programOption(arg string) (string, bool) {
	p := c.program
	if p == nil {
		return arg, false
	}
	if len(arg) < 2 || len(p.options) == 0 {
		return arg, false
	}
	if o, ok := c.option(arg); ok && o.apart {
		if o.kind != plain {
			c.pending = o
		}
		return arg, true
	}
	if i := strings.IndexAny(arg, "=:"); i > 1 {
		o, ok := c.option(arg[:i])
		if ok && o.kind == plain && !o.attached {
			return arg, true
		}
		if ok && o.kind <= assign && (i > len("-p") || arg[i] == ':' || !o.attached) {
			changed := arg[:i+1] + o.mask("", arg[i+1:])
			return changed, changed != arg || strings.HasSuffix(arg, Mask)
		}
	}
	if arg[0] != '-' || arg[1] == '-' {
		return arg, false
	}
	return c.letters(arg)
}

// letters masks an argument that is one or more options of one letter: -pSECRET, -sSu.
func (c *command) letters(arg string) (string, bool) {
	if o, ok := c.option(arg[:2]); ok && o.attached && len(arg) > 2 && o.kind <= assign {
		return arg[:2] + o.mask("", arg[2:]), true
	}
	if len(arg) > len("-hp") {
		// Some have options of two letters with the value right behind them: rar -hpSECRET.
		if o, ok := c.option(arg[:len("-hp")]); ok && o.attached && o.kind <= assign {
			return arg[:len("-hp")] + o.mask("", arg[len("-hp"):]), true
		}
	}
	const most = 8
	if len(arg) > most || !isLetters(arg[1:]) {
		return arg, false
	}
	if o, ok := c.option("-" + arg[len(arg)-1:]); ok && o.attached && o.apart && o.kind <= assign {
		c.pending = o
		return arg, true
	}
	return arg, false
}

func isLetters(text string) bool {
	for i := range len(text) {
		if !isLetter(text[i]) {
			return false
		}
	}
	return true
}

// option returns the rule for an option of the program.
func (c *command) option(name string) (option, bool) {
	var found option
	for _, o := range c.program.options[name] {
		if o.after == 0 && found.after == 0 || o.after&c.seen != 0 {
			found = o
		}
	}
	return found, found.kind != nothing
}

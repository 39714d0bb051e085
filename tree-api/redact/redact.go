// Package redact masks secrets on command lines: values of options and assignments whose
// name says so, the options of known tools, passwords in URLs, and texts that have the
// form of a known kind of secret. It can only guess: a secret that looks like nothing
// stays. Who cannot live with that shows no command lines at all.
package redact

import (
	"regexp"
	"slices"
	"strings"
)

// Mask stands where a secret was.
const Mask = "***"

// Redactor masks secrets. Safe for concurrent use.
type Redactor struct {
	extra []*regexp.Regexp
}

// New returns a Redactor that knows further patterns: of each match the first capture
// group is masked, or all of it where the pattern has none.
func New(extra ...*regexp.Regexp) *Redactor { return &Redactor{extra: slices.Clone(extra)} }

// Args returns the arguments with secrets masked: the very same slice where there are
// none, else a copy.
func (r *Redactor) Args(args []string) []string {
	masked := maskArgs(args)
	for i, arg := range masked {
		if changed := r.maskExtra(arg); changed != arg {
			masked = replace(args, masked, i, changed)
		}
	}
	return masked
}

func (r *Redactor) maskExtra(arg string) string {
	for _, pattern := range r.extra {
		arg = maskGroup(pattern, arg)
	}
	return arg
}

// maskArgs applies the rules that come with the program.
func maskArgs(args []string) []string {
	masked := args
	s := scanner{}
	for i, arg := range args {
		if changed := s.next(arg); changed != arg {
			masked = replace(args, masked, i, changed)
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

// blanks are between the words of a script.
const blanks = " \t\r\n"

// scanner goes along the arguments of one command.
type scanner struct {
	// tool is what is known of the program, nil if it is none of the known ones.
	tool *tool
	// begun: the word after which the rules of the tool hold was seen.
	begun bool
	// words counts the arguments so far.
	words int
	// option is the name of the option before whose value is a secret; "" if it was none.
	option string
	// valueNext masks the argument after an option of the tool; nil where there is none.
	valueNext func(string) string
}

// toolWords is how many arguments may come before the name of the program, as in
// "sudo -u app env A=1 mysql".
const toolWords = 8

// next returns one argument, masked.
func (s *scanner) next(arg string) string {
	s.words++
	option, value := s.option, s.valueNext
	s.option, s.valueNext = "", nil
	switch {
	case value != nil:
		return value(arg)
	case option != "" && !strings.HasPrefix(arg, "-") && isSecretValue(option, arg):
		return Mask
	}
	if s.tool == nil && s.words <= toolWords && !strings.HasPrefix(arg, "-") && !strings.ContainsAny(arg, blanks) {
		if found := toolOf(arg); found != nil {
			s.tool = found
			return arg
		}
	}
	if changed, ok := s.toolOption(arg); ok {
		return changed
	}
	return s.anyOption(arg)
}

// anyOption masks an argument by the rules for any program.
func (s *scanner) anyOption(arg string) string {
	if name, ok := optionName(arg); ok && isSecretName(name) && !isSwitch(name) {
		s.option = name
		return arg
	}
	arg = maskText(arg)
	if strings.ContainsAny(arg, blanks) {
		arg = maskScript(arg)
	}
	return arg
}

// optionName returns the name of an option whose value is the next argument.
func optionName(arg string) (string, bool) {
	name := strings.TrimLeft(arg, "-")
	if name == arg || len(name) < len("pw") || strings.ContainsAny(name, "=: ") {
		return "", false
	}
	return name, true
}
